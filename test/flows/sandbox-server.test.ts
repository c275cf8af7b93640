import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect, type PeerCertificate } from "node:tls";
import { Fault } from "../../src/core/fault.ts";
import { readCannedAnswers } from "../../src/sandbox/canned-answers.ts";
import type { IssuerMapping } from "../../src/sandbox/issuers/mapping.ts";
import { openSandbox } from "../../src/sandbox/open-sandbox.ts";
import { formatRecord } from "../../src/sandbox/request-log.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { ISSUER, type RawAnswer, roleCall, send, startTestSandbox, type TestIssuer } from "./sandbox-issuer.ts";

let issuer: TestIssuer;
let ca: string;
before(async () => {
  issuer = await startTestSandbox();
  ca = readFileSync(issuer.sandbox.caFile, "utf8");
});
after(() => issuer.close());

async function assume(sandbox = issuer.sandbox): Promise<RawAnswer> {
  return send(sandbox, { ca, body: roleCall(await issuer.token()) });
}

/** The certificate that the server shows for a name. */
function certificateFor(servername: string): Promise<PeerCertificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: Number(new URL(issuer.sandbox.url).port), servername, ca }, () => {
      resolve(socket.getPeerCertificate());
      socket.end();
    });
    socket.on("error", reject);
  });
}

test("each name gets a certificate that the CA vouches for, and a foreign name none", async () => {
  for (const name of [
    "localhost",
    "issuer.example",
    "sts.amazonaws.com",
    "sts.us-east-1.amazonaws.com",
    "sts.us-east-1.api.aws",
  ]) {
    assert.match((await certificateFor(name)).subjectaltname ?? "", new RegExp(`DNS:${name.replaceAll(".", "\\.")}`), name);
  }
  await assert.rejects(certificateFor("example.com"), { code: "ERR_TLS_CERT_ALTNAME_INVALID" });
});

test("a second start needs no new certificate, and everything secret is for the owner only", async () => {
  const file = join(issuer.folder, "private", "server.pem");
  const kept = readFileSync(file, "utf8");
  const again = await startSandbox({
    folder: issuer.folder,
    issuers: [{ kind: "folder", url: ISSUER, folder: issuer.issuers }],
    clock: { now: () => issuer.clock.seconds },
    log() {},
  });
  await again.close();
  assert.equal(readFileSync(file, "utf8"), kept);
  for (const name of ["authority.pem", "server.pem", "session.key"]) {
    assert.equal(statSync(join(issuer.folder, "private", name)).mode & 0o777, 0o600, name);
  }
  assert.equal(statSync(join(issuer.folder, "private")).mode & 0o777, 0o700);
  assert.ok(!readFileSync(issuer.sandbox.caFile, "utf8").includes("PRIVATE"));
});

test("sandboxes that start at once in one folder have one authority", async () => {
  const folder = mkdtempSync(join(tmpdir(), "brevet-sandbox-"));
  const options = { folder, issuers: [], clock: { now: () => issuer.clock.seconds }, log() {} };
  const started = await Promise.all(Array.from({ length: 4 }, () => startSandbox(options)));
  const shared = readFileSync(join(folder, "ca.pem"), "utf8");
  for (const sandbox of started) assert.equal((await send(sandbox, { ca: shared, body: "" })).code, "MissingAction");
  await Promise.all(started.map((sandbox) => sandbox.close()));
  rmSync(folder, { recursive: true });
});

test("issuers: documents with sane headers, and nothing that is not published", async () => {
  const get = (path: string, method = "GET") => send(issuer.sandbox, { ca, method, path, headers: { host: "issuer.example" } });
  const document = await get("/laptop-7f3a/.well-known/openid-configuration");
  assert.equal(document.status, 200);
  assert.equal(document.headers["content-type"], "application/json");
  assert.equal(document.headers["cache-control"], "public, max-age=300");
  assert.match(String(document.headers["etag"]), /^"[0-9a-f]{32}"$/);
  assert.equal((await get("/laptop-7f3a/keys.json", "HEAD")).body, "");
  assert.equal((await get("/laptop-7f3a/keys.json", "POST")).status, 405);
  for (const path of [
    "/",
    "/laptop-7f3a",
    "/laptop-7f3a/",
    "/laptop-7f3a/none",
    "/other/keys.json",
    "/laptop-7f3a/../ca.pem",
    "/laptop-7f3a/%2e%2e/ca.pem",
    "/laptop-7f3a/..%2fprivate%2fsession.key",
    "/laptop-7f3a/%00",
  ]) {
    assert.equal((await get(path)).status, 404, path);
  }
});

test("an address that nothing serves is 404, and a huge body is not read", async () => {
  assert.equal((await send(issuer.sandbox, { ca, method: "GET", path: "/x" })).status, 404);
  assert.equal(
    (await send(issuer.sandbox, { ca, servername: "localhost", headers: { host: "example.com" }, body: "" })).status,
    404,
  );
  const answer = await send(issuer.sandbox, { ca, body: "a".repeat(1024 * 1024 + 1) }).catch(
    (error: NodeJS.ErrnoException) => error.code,
  );
  assert.ok(
    answer === "EPIPE" || answer === "ECONNRESET" || (typeof answer === "object" && answer.status === 413),
    String(answer),
  );
});

/** A sandbox in the same folder whose issuer is somewhere else. */
async function assumeWith(mapping: IssuerMapping): Promise<{ readonly answer: RawAnswer; readonly why: string }> {
  let why = "";
  const log = (record: { readonly findings: readonly { readonly meaning: string }[] }) => {
    why += record.findings.map((each) => each.meaning).join();
  };
  const sandbox = await startSandbox({
    folder: issuer.folder,
    issuers: [mapping],
    clock: { now: () => issuer.clock.seconds },
    log,
  });
  const answer = await assume(sandbox);
  await sandbox.close();
  return { answer, why };
}

const documents = (path: string | undefined): string | null => {
  if (path === "/laptop-7f3a/.well-known/openid-configuration")
    return JSON.stringify({ issuer: ISSUER, jwks_uri: `${ISSUER}/keys.json` });
  return path === "/laptop-7f3a/keys.json" ? JSON.stringify({ keys: [issuer.publicJwk] }) : null;
};

test("an issuer that runs on this machine: by HTTPS with the sandbox's certificate, by HTTP behind the sandbox", async () => {
  const { certificate, key } = await openSandbox(issuer.folder).certificate(["issuer.example"], () => issuer.clock.seconds);
  const hosts: (string | undefined)[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    hosts.push(request.headers.host);
    response.end(documents(request.url) ?? "");
  };
  for (const [kind, server] of [
    ["address", createHttpsServer({ cert: certificate, key }, answer)],
    ["behind", createHttpServer(answer)],
  ] as const) {
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo;
    const { answer: got, why } = await assumeWith({ kind, url: ISSUER, host: "127.0.0.1", port });
    server.close();
    assert.equal(got.status, 200, `${kind}: ${got.body} ${why}`);
  }
  assert.deepEqual(
    hosts,
    Array.from({ length: 4 }, () => "issuer.example"),
  );
});

test("the fetch has no way around TLS: a plain server and a foreign certificate are not reached", async () => {
  const foreign = mkdtempSync(join(tmpdir(), "brevet-sandbox-"));
  const { certificate, key } = await openSandbox(foreign).certificate(["issuer.example"], () => issuer.clock.seconds);
  const other = await openSandbox(issuer.folder).certificate(["other.example"], () => issuer.clock.seconds);
  const answer = (request: IncomingMessage, response: ServerResponse) => response.end(documents(request.url) ?? "");
  for (const server of [
    createHttpServer(answer),
    createHttpsServer({ cert: certificate, key }, answer),
    createHttpsServer({ cert: other.certificate, key: other.key }, answer),
  ]) {
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo;
    const { answer: got, why } = await assumeWith({ kind: "address", url: ISSUER, host: "127.0.0.1", port });
    server.close();
    assert.equal(got.code, "InvalidIdentityToken");
    assert.match(why, /^https:\/\/issuer\.example\/laptop-7f3a\/\.well-known/);
  }
  rmSync(foreign, { recursive: true });
});

test("an issuer that redirects, answers HTML, is too large or is not mapped", async () => {
  for (const [status, body, code] of [
    [302, "", "InvalidIdentityToken"],
    [500, "", "InvalidIdentityToken"],
    [200, "<html>", "InvalidIdentityToken"],
    [200, "a".repeat(200 * 1024), "InvalidIdentityToken"],
  ] as const) {
    const server = createHttpServer((_request, response) => response.writeHead(status, { location: `${ISSUER}/x` }).end(body));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo;
    const { answer } = await assumeWith({ kind: "behind", url: ISSUER, host: "127.0.0.1", port });
    server.close();
    assert.equal(answer.code, code, `${status} ${body.slice(0, 10)}`);
  }
  const { answer, why } = await assumeWith({ kind: "folder", url: "https://elsewhere.example", folder: issuer.issuers });
  assert.equal(answer.code, "InvalidIdentityToken");
  assert.match(why, /not mapped/);
});

test("keys at another port, another scheme or an unmapped host are not fetched", async () => {
  for (const jwks_uri of [
    `${ISSUER}/keys.json`.replace(".example", ".example:8443"),
    `${ISSUER}/keys.json`.replace("https", "http"),
    "https://keys.example/keys.json",
  ]) {
    issuer.publish([issuer.publicJwk], { jwks_uri });
    const { answer } = await assumeWith({ kind: "folder", url: ISSUER, folder: issuer.issuers });
    assert.equal(answer.code, "InvalidIdentityToken", jwks_uri);
  }
  issuer.publish([issuer.publicJwk]);
  const { answer } = await assumeWith({ kind: "folder", url: ISSUER, folder: issuer.issuers });
  assert.equal(answer.status, 200);
});

test("canned answers: each is given once, to the action it is for", async () => {
  issuer.sandbox.misbehave({ action: "GetCallerIdentity", code: "Throttling" });
  issuer.sandbox.misbehave({ code: "IDPCommunicationError", message: "a < b", times: 2 });
  issuer.sandbox.misbehave({ status: 503 });
  issuer.sandbox.misbehave({ body: "<html>", status: 200 });
  const seen = [];
  for (let i = 0; i < 5; i++) seen.push(await assume());
  assert.deepEqual(
    seen.map((each) => [each.status, each.code]),
    [
      [400, "IDPCommunicationError"],
      [400, "IDPCommunicationError"],
      [503, null],
      [200, null],
      [200, null],
    ],
  );
  assert.match(seen[3]?.body ?? "", /^<html>/);
  assert.match(seen[4]?.body ?? "", /ASIA/);
  const throttled = await send(issuer.sandbox, { ca, body: "Action=GetCallerIdentity&Version=2011-06-15" });
  assert.equal(throttled.code, "Throttling");
});

test("canned delivery: a wrong date, a delay, half an answer, no answer; the request itself is judged for real", async () => {
  issuer.sandbox.misbehave({ dateOffsetSeconds: -600 });
  const dated = await assume();
  assert.equal(Date.parse(String(dated.headers["date"])) / 1000, issuer.clock.seconds - 600);
  assert.match(dated.body, /ASIA/);
  issuer.sandbox.misbehave({ delayMs: 120 });
  const begun = performance.now();
  assert.equal((await assume()).status, 200);
  assert.ok(performance.now() - begun >= 115);
  issuer.sandbox.misbehave({ truncate: true });
  await assert.rejects(assume(), { code: "ECONNRESET" });
  issuer.sandbox.misbehave({ hangUp: true });
  await assert.rejects(assume(), { code: "ECONNRESET" });
  issuer.sandbox.misbehave({ dateOffsetSeconds: 5 });
  assert.equal(
    (await send(issuer.sandbox, { ca, body: "Action=GetCallerIdentity&Version=2011-06-15" })).code,
    "MissingAuthenticationToken",
  );
});

test("a file of canned answers is read strictly", () => {
  const file = join(issuer.folder, "answers.json");
  for (const [text, key] of [
    ["{", ""],
    ["{}", ""],
    ['[{"staus":500}]', "0.staus"],
    ['[{"status":99}]', "0.status"],
    ['[{"code":"<x>"}]', "0.code"],
    ['[{},{"times":0}]', "1.times"],
  ] as const) {
    writeFileSync(file, text);
    assert.throws(
      () => readCannedAnswers(file),
      (error) => error instanceof Fault && error.code === "SANDBOX_INVALID" && error.details["key"] === key,
      text,
    );
  }
  writeFileSync(file, '[{"status":500},{"code":"Throttling","times":3}]');
  assert.equal(readCannedAnswers(file).length, 2);
});

test("the folder's sandbox prints what it refused and why, and is found while it runs", async () => {
  const lines: string[] = [];
  const folder = openSandbox(issuer.folder);
  const wish = { port: 0, region: "eu-west-1", issuers: [`${ISSUER}=published`], sourceIp: null, answersFile: null };
  const started = await folder.start(wish, {
    clock: { now: () => issuer.clock.seconds },
    workingFolder: issuer.folder,
    log: (line) => lines.push(line),
  });
  assert.equal(folder.variables(issuer.clock.seconds)["AWS_ENDPOINT_URL_STS"], started.running.url);
  const body = roleCall(await issuer.token({ sub: "laptop-stranger" }));
  await send({ ...issuer.sandbox, url: started.running.url }, { ca, body });
  await started.close();
  assert.throws(
    () => folder.variables(issuer.clock.seconds),
    (error) => error instanceof Fault && error.code === "SANDBOX_ABSENT",
  );
  const at = lines.findIndex((line) => line.includes("AssumeRoleWithWebIdentity → 403 AccessDenied"));
  const [place = "", wanted = "", saw = "", see = ""] = lines.slice(at + 1);
  assert.match(place, /^ {2}Statement\[0\].*issuer\.example\/laptop-7f3a:sub/);
  assert.match(wanted, /^ {4}wanted laptop-k3v9q2x7ab$/);
  assert.match(saw, /^ {4}saw {4}laptop-stranger$/);
  assert.match(see, /^ {4}see {4}https:\/\/docs\.aws\.amazon\.com\//);
});

test("a port that is taken, and misbehaviour from a file", async () => {
  const port = Number(new URL(issuer.sandbox.url).port);
  const options = { folder: issuer.folder, issuers: [], clock: { now: () => issuer.clock.seconds }, log() {} };
  await assert.rejects(
    startSandbox({ ...options, port }),
    (error) => error instanceof Fault && error.code === "SANDBOX_PORT_TAKEN",
  );
  const answersFile = join(issuer.folder, "answers.json");
  writeFileSync(answersFile, '[{"status":503}]');
  const wish = { port: 0, region: "eu-west-1", issuers: [], sourceIp: null, answersFile };
  const lines: string[] = [];
  const world = { clock: options.clock, workingFolder: issuer.folder, log: (line: string) => lines.push(line) };
  const started = await openSandbox(issuer.folder).start(wish, world);
  const once = await send({ ...issuer.sandbox, url: started.running.url }, { ca, body: "" });
  const twice = await send({ ...issuer.sandbox, url: started.running.url }, { ca, body: "" });
  await started.close();
  assert.deepEqual([once.status, twice.code], [503, "MissingAction"]);
  assert.match(lines[0] ?? "", /503 canned: as was asked for$/m);
});

test("the log cannot be made to say something else", () => {
  const findings = [{ at: "a\u001b[2J", wanted: ["b\nforged"], saw: null, meaning: "c\u202e", source: "" }];
  const lines = formatRecord(
    { service: "aws-sts", action: "x\r\ny", status: 403, code: "AccessDenied", summary: "s", findings },
    0,
  );
  assert.equal(lines.length, 4);
  for (const line of lines) assert.doesNotMatch(line, /[\p{Cc}\p{Cf}]/u);
});
