import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { fakeAwsCredentials } from "../../../test/contracts/outlet.ts";
import { ask, closeServers, LIFE, NOW, open, serve } from "../../../test/flows/credential-server-bench.ts";
import { Fault } from "../../core/fault.ts";
import { encodeContainerFault } from "../../wire/aws-config/container-credentials.ts";
import { serveCredentials } from "./credential-server.ts";

afterEach(closeServers);

describe("credentials at an address of this machine", () => {
  test("are handed out to who knows the secret, at 127.0.0.1 alone, and kept by nobody on the way", async () => {
    const { server } = await serve();
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+\/credentials$/);
    assert.equal(Buffer.from(server.authorization, "base64url").length, 32);
    const { status, headers, body } = await ask(server);
    assert.deepEqual([status, body], [200, '{"key":"ASIA1"}']);
    assert.equal(headers["cache-control"], "no-store");
    assert.equal(headers["content-type"], "application/json");
    assert.deepEqual(
      Object.keys(headers).filter((name) => name.startsWith("access-control")),
      [],
    );
  });

  test("have another secret in each run", async () => {
    const secrets = await Promise.all(Array.from({ length: 20 }, async () => (await serve()).server.authorization));
    assert.equal(new Set(secrets).size, secrets.length);
  });

  test("are refused to who does not know it, whatever else the request is", async () => {
    const { server, state } = await serve();
    for (const authorization of [
      "",
      "Bearer x",
      server.authorization.slice(1),
      `${server.authorization}A`,
      `Bearer ${server.authorization}`,
    ]) {
      for (const asked of [{}, { path: "/" }, { method: "POST" }, { method: "OPTIONS" }]) {
        const { status, body } = await ask(server, { ...asked, headers: { authorization } });
        assert.deepEqual([status, body], [403, "this address is for one program only\n"]);
      }
    }
    assert.equal(state.issued, 0);
  });

  test("are refused under another name: a page's own can be led to this machine", async () => {
    const { server, port, state } = await serve();
    for (const host of ["localhost", `localhost:${port}`, `evil.example:${port}`, "127.0.0.1", `127.0.0.2:${port}`]) {
      assert.equal((await ask(server, { headers: { host } })).status, 421, host);
    }
    assert.equal(state.issued, 0);
  });

  test("are asked for by GET, at one path, without more", async () => {
    const { server, state } = await serve();
    for (const method of ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"]) {
      assert.equal((await ask(server, { method })).status, 405, method);
    }
    for (const path of [
      "/",
      "/credentials/",
      "/Credentials",
      "/credentials?x",
      "/credentials/..",
      "//credentials",
      "/%63redentials",
    ]) {
      assert.equal((await ask(server, { path })).status, 404, path);
    }
    assert.equal(state.issued, 0);
  });

  test("come once for those who ask at once", async () => {
    const { server, state } = await serve();
    let release = (): void => {};
    state.hold = new Promise((resolve) => {
      release = resolve;
    });
    const asked = Array.from({ length: 30 }, () => ask(server));
    // The last of them is in when one more connection has been answered.
    await ask(server, { path: "/none" });
    state.hold = null;
    release();
    const bodies = (await Promise.all(asked)).map(({ body }) => body);
    assert.ok(state.issued <= 2, `${state.issued}`);
    assert.equal(bodies.length, 30);
  });

  test("say why there are none, in the words of the fault, and whether to ask again", async () => {
    const { server, state } = await serve();
    state.fault = new Fault("NETWORK_UNREACHABLE", "AWS cannot be reached", { hints: ["look at the cable"] });
    const gone = await ask(server);
    assert.equal(gone.status, 503);
    assert.deepEqual(JSON.parse(gone.body).message, "AWS cannot be reached; look at the cable");
    state.fault = new Fault("EXCHANGE_REFUSED", "AWS refused");
    const refused = await ask(server);
    assert.deepEqual([refused.status, JSON.parse(refused.body).code], [400, "EXCHANGE_REFUSED"]);
    state.fault = new TypeError("what nobody expected, with a secret in it");
    const odd = await ask(server);
    assert.deepEqual([odd.status, JSON.parse(odd.body).code], [400, "INTERNAL"]);
    assert.ok(!odd.body.includes("secret"));
    state.fault = null;
    assert.equal((await ask(server)).status, 200);
  });

  test("are got anew before they are stale, and before anybody asks", async () => {
    const { server, state } = await serve("held");
    const [timer] = state.timers;
    // 15 minutes before the end is the refresh window of AWS credentials.
    assert.equal(timer?.seconds, LIFE - 900 + 1);
    state.now += timer?.seconds ?? 0;
    timer?.work();
    while (state.issued < 2) await new Promise((done) => setImmediate(done));
    assert.equal(state.issued, 2);
    server.close();
    assert.ok(state.timers.every(({ work }) => work !== timer?.work));
  });

  test("are tried again in a minute while those from before live, and no longer", async () => {
    const { server, state } = await serve("held");
    state.timers.splice(0);
    state.now += LIFE - 600;
    // What `getCredentials` gives when the exchange fails: those from before.
    const old = fakeAwsCredentials({ issuedAt: NOW, expiresAt: NOW + LIFE });
    const again = await serveCredentials({
      credentials: async () => old,
      encode: () => "{}",
      encodeFault: encodeContainerFault,
      first: old,
      clock: { now: () => state.now },
      after(milliseconds, work) {
        state.timers.push({ seconds: milliseconds / 1000, work });
        return () => undefined;
      },
    });
    open.push(again);
    assert.deepEqual(
      state.timers.map(({ seconds }) => seconds),
      [60],
    );
    state.now = NOW + LIFE + 1;
    await ask(again);
    assert.equal(state.timers.length, 1);
    server.close();
  });
});
