import assert from "node:assert/strict";
import { type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, test } from "node:test";
import fc from "fast-check";
import { fakeAwsCredentials } from "../../../test/contracts/outlet.ts";
import type { Credentials } from "../../core/credentials.ts";
import { Fault } from "../../core/fault.ts";
import { encodeContainerFault } from "../../wire/aws-config/container-credentials.ts";
import { type CredentialServer, serveCredentials } from "./credential-server.ts";

const NOW = 1_800_000_000;
const LIFE = 3600;

const open: CredentialServer[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

/** A server whose time the test turns; each answer says which it is. */
async function serve(first: "held" | null = null) {
  const state = {
    now: NOW,
    issued: 0,
    hold: null as Promise<void> | null,
    fault: null as Error | null,
    timers: [] as { seconds: number; work: () => void }[],
  };
  const issue = (): Credentials => {
    state.issued += 1;
    return fakeAwsCredentials({ accessKeyId: `ASIA${state.issued}`, issuedAt: state.now, expiresAt: state.now + LIFE });
  };
  const server = await serveCredentials({
    async credentials() {
      const hold = state.hold;
      if (hold !== null) await hold;
      if (state.fault !== null) throw state.fault;
      return issue();
    },
    encode: (credentials) => JSON.stringify({ key: credentials.kind === "aws" ? credentials.accessKeyId : "" }),
    encodeFault: encodeContainerFault,
    first: first === null ? null : issue(),
    clock: { now: () => state.now },
    after(milliseconds, work) {
      const timer = { seconds: milliseconds / 1000, work };
      state.timers.push(timer);
      return () => {
        const index = state.timers.indexOf(timer);
        if (index !== -1) state.timers.splice(index, 1);
      };
    },
  });
  open.push(server);
  return { server, state, port: Number(new URL(server.url).port) };
}

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask(server: CredentialServer, { method = "GET", path, headers = {} }: Asked = {}) {
  const { hostname, port, pathname } = new URL(server.url);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const all = { authorization: server.authorization, ...headers };
    request({ host: hostname, port, path: path ?? pathname, method, headers: all })
      .once("response", resolve)
      .once("error", reject)
      .end();
  });
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** Sends bytes as they are, and gives what comes back until the server ends the connection. */
async function send(port: number, bytes: string | Uint8Array): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.end(bytes);
  return text(socket).catch(() => "");
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on("error", () => undefined).once("close", () => resolve());
  });
}

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

describe("the address itself", () => {
  test("is closed at once at the end, also to who is waiting", async () => {
    const { server, state, port } = await serve();
    state.hold = new Promise(() => undefined);
    const waiting = ask(server);
    waiting.catch(() => undefined);
    const idle = connect(port, "127.0.0.1");
    const idleClosed = closed(idle);
    await new Promise<void>((resolve) => idle.once("connect", () => resolve()));
    await ask(server, { path: "/none" });
    server.close();
    await assert.rejects(waiting);
    await idleClosed;
    const late = connect(port, "127.0.0.1");
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => late.once("error", resolve));
    assert.equal(error.code, "ECONNREFUSED");
  });

  test("takes no header that is longer than any SDK's", async () => {
    const { server, port } = await serve();
    const answer = await send(port, `GET /credentials HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nx: ${"x".repeat(20_000)}\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 431 /);
    assert.equal((await ask(server)).status, 200);
  });

  test("is not held up by who sends slowly, and ends that connection", async () => {
    const { server, port } = await serve();
    const slow = Array.from({ length: 50 }, () => {
      const socket = connect(port, "127.0.0.1");
      socket.write("GET /credentials HTTP/1.1\r\n");
      return socket;
    });
    const ended = slow.map(closed);
    assert.equal((await ask(server)).status, 200);
    for (const socket of slow) socket.resume();
    await Promise.all(ended);
    assert.equal((await ask(server)).status, 200);
  });

  test("gives nothing away to bytes of any kind, and goes on", async () => {
    const { server, port, state } = await serve();
    const host = `127.0.0.1:${port}`;
    const line = fc.constantFrom(
      "GET /credentials HTTP/1.1",
      "GET /credentials HTTP/1.0",
      "GET http://127.0.0.1/credentials HTTP/1.1",
      "POST /credentials HTTP/1.1",
      "GET /credentials",
      "PRI * HTTP/2.0",
      "\u0016\u0003\u0001",
    );
    const header = fc.oneof(
      fc.constantFrom(
        `host: ${host}`,
        `host: ${host}`,
        "authorization:",
        `authorization: ${"A".repeat(43)}`,
        `Authorization : ${"A".repeat(43)}`,
        "transfer-encoding: chunked",
        "content-length: -1",
        "content-length: 99999999999",
        "connection: upgrade",
        "upgrade: websocket",
        "expect: 100-continue",
      ),
      fc.string({ unit: "binary", maxLength: 40 }),
    );
    const bytes = fc.oneof(
      fc.tuple(line, fc.array(header, { maxLength: 6 })).map(([first, rest]) => [first, ...rest, "", ""].join("\r\n")),
      fc.uint8Array({ maxLength: 200 }),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (sent) => {
        const answer = await send(port, sent);
        assert.doesNotMatch(answer, /^HTTP\/1\.1 200|ASIA/);
      }),
      { numRuns: 400 },
    );
    assert.equal(state.issued, 0);
    assert.equal((await ask(server)).status, 200);
  });
});
