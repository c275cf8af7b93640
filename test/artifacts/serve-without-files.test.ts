import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import * as client from "openid-client";
import { API_BASE, OPENAPI_PATH } from "../../src/wire/brevet-api/admin/operation.ts";
import { freePort } from "../free-port.ts";
import { keyHolder } from "../server/key-holder.ts";
import { authorizeCli } from "../server/sign-in.ts";

const TOP = resolve(import.meta.dirname, "../..");

/** What npm does to a server that runs: the files of its version go, and others come in their place. */
test("the server of the npm package needs no file of it once it listens", async () => {
  // Below the top, so that it finds what npm installs beside it.
  mkdirSync(join(TOP, "build"), { recursive: true });
  const folder = mkdtempSync(join(TOP, "build/serve-"));
  const data = mkdtempSync(join(tmpdir(), "brevet-serve-"));
  const program = join(folder, "dist");
  cpSync(join(TOP, "dist"), program, { recursive: true });
  let pushed = "";
  let arrived = (): void => undefined;
  const isPushed = new Promise<void>((is) => {
    arrived = is;
  });
  const receiver = createServer((request, response) => {
    request.setEncoding("utf8").on("data", (text: string) => (pushed += text));
    request.on("end", () => {
      response.writeHead(204).end();
      if (pushed.includes("token.exchanged")) arrived();
    });
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const settings = { auditPush: [`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`], auditKeep: "400d" };
  writeFileSync(join(data, "server.json"), JSON.stringify(settings), { mode: 0o600 });
  const url = `http://localhost:${await freePort()}`;
  const listen = `127.0.0.1:${new URL(url).port}`;
  const child = spawn(
    process.execPath,
    [join(program, "brevet.cjs"), "serve", "--data", data, "--listen", listen, "--issuer", url],
    {
      env: { HOME: data, PATH: process.env["PATH"] },
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  try {
    let said = "";
    await new Promise<void>((greeted, ended) => {
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        if (said.includes("for clouds")) greeted();
      });
      child.once("exit", () => ended(new Error(said)));
    });
    rmSync(folder, { recursive: true });
    await walk(url, /http:\/\/\S+\/invite\/\S+/.exec(said)?.[0] ?? assert.fail(said));
    await isPushed;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    assert.deepEqual(await ended, [0, null], said);
    assert.doesNotMatch(said, /"level":"error"|Cannot find module/);
  } finally {
    child.kill("SIGKILL");
    receiver.close();
    for (const each of [folder, data]) rmSync(each, { recursive: true, force: true });
  }
});

/** The first administrator from the link to an exchange, every page, the API, and what is refused. */
async function walk(url: string, link: string): Promise<void> {
  const alice = keyHolder(url);
  await alice.perform(link, { email: "alice@example.com", name: "Alice", keyName: "blue" });
  const ask = async (path: string, status: number, form?: Readonly<Record<string, string>>): Promise<string> => {
    const answer = await alice.browser.ask(`${url}${path}`, form);
    const text = await answer.text();
    assert.equal(answer.status, status, `${path}: ${text}`);
    return text;
  };
  const pages = ["", "/keys", "/clients", "/rules", "/signing-keys", "/audit", "/sign-in-provider"].map(
    (page) => `/admin${page}`,
  );
  const [text = ""] = await Promise.all(pages.map((page) => ask(page, 200)));
  const [, token = ""] = /name="form_token" value="([^"]+)"/.exec(text) ?? [];
  await ask("/admin/invites", 200, { form_token: token, email: "bob@example.com", name: "Bob", groups: "" });
  await ask("/admin/rules", 403, { form_token: "another's", rules: "[]" });
  await ask("/account/recovery-codes", 200, { form_token: token });
  for (const [path, status] of [
    ["/nowhere", 404],
    ["/recover", 200],
    ["/device", 200],
    ["/invite/none", 410],
    // Told by the name of the provider's error, which the bundle has to keep.
    ["/interaction/none", 400],
    ["/ready", 200],
  ] as const)
    await ask(path, status);
  assert.match(await ask(OPENAPI_PATH, 200), /openapi/);
  const { configuration, tokens, dpop } = await authorizeCli({ url }, alice.signInThrough);
  const api = (path: string) =>
    client.fetchProtectedResource(configuration, tokens.access_token, new URL(`${url}${path}`), "GET", undefined, undefined, {
      DPoP: dpop,
    });
  assert.match(await (await api(`${API_BASE}/audit/export`)).text(), /person\.signed-in/);
  assert.equal((await api(`${API_BASE}/people`)).status, 200);
  const exchanged = await client.genericGrantRequest(
    configuration,
    "urn:ietf:params:oauth:grant-type:token-exchange",
    {
      subject_token: tokens.access_token,
      subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
      audience: url,
    },
    { DPoP: dpop },
  );
  assert.ok(exchanged.access_token);
  await client.refreshTokenGrant(configuration, tokens.refresh_token ?? "", {}, { DPoP: dpop });
}
