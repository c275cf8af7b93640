import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:https";
import { connect as connectPlain } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { connect } from "node:tls";
import { Fault } from "../../src/core/fault.ts";
import { type Authority, createAuthority, type ServerCertificate } from "../contracts/http-certificates.ts";
import { startTrial, type TrialServer } from "./trial-server.ts";

const HOST = "id.example.com";
let folder: string;
let authority: Authority;
let first: ServerCertificate;
let second: ServerCertificate;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "brevet-tls-"));
  authority = await createAuthority("our own");
  [first, second] = await Promise.all([authority.issue({ dns: [HOST] }), authority.issue({ dns: [HOST] })]);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const files = { certificate: () => join(folder, "cert.pem"), key: () => join(folder, "key.pem") };

/** As certbot does it: one file after the other, each at once. */
function put(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

async function start(): Promise<TrialServer> {
  put(files.certificate(), first.cert);
  put(files.key(), first.key);
  return startTrial({ settings: { issuer: `https://${HOST}`, certificate: files.certificate(), key: files.key() } });
}

const reach = (trial: TrialServer) =>
  ({ host: "127.0.0.1", port: trial.server.port, servername: HOST, ca: authority.certificate }) as const;

/** The serial number of the certificate that a new connection is shown. */
async function shown(trial: TrialServer, options = {}): Promise<string> {
  const socket = connect({ ...reach(trial), ...options });
  await once(socket, "secureConnect");
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

function status(trial: TrialServer, agent: Agent): Promise<number> {
  return new Promise((answered, failed) => {
    get({ ...reach(trial), path: "/health", headers: { host: HOST }, agent }, (response) => {
      response.resume();
      response.once("end", () => answered(response.statusCode ?? 0));
    }).once("error", failed);
  });
}

describe("a server that speaks TLS itself", () => {
  test("takes a renewed certificate, and keeps the old one while the files do not belong together", async () => {
    const trial = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const before = await shown(trial);
      assert.equal(await status(trial, agent), 200);
      put(files.certificate(), second.cert);
      await trial.server.refresh();
      assert.equal(await shown(trial), before);
      assert.match(trial.warnings.join(), /do not belong to each other/);
      put(files.key(), second.key);
      await trial.server.refresh();
      assert.notEqual(await shown(trial), before);
      assert.equal(await status(trial, agent), 200, "a connection of before was cut");
      put(files.certificate(), "nonsense");
      await trial.server.refresh();
      assert.notEqual(await shown(trial), before);
    } finally {
      agent.destroy();
      await trial.close();
    }
  });

  test("refuses old TLS, and answers plain HTTP with nothing", async () => {
    const trial = await start();
    try {
      await assert.rejects(shown(trial, { maxVersion: "TLSv1.1", minVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" }));
      const socket = connectPlain(trial.server.port, "127.0.0.1");
      socket.write("GET /health HTTP/1.1\r\nhost: x\r\n\r\n");
      const heard: Buffer[] = [];
      socket.on("data", (chunk: Buffer) => heard.push(chunk));
      socket.on("error", () => undefined);
      await once(socket, "close");
      assert.ok(!Buffer.concat(heard).toString("latin1").includes("200 OK"));
    } finally {
      await trial.close();
    }
  });

  test("does not start with files that are not a pair", async () => {
    put(files.certificate(), first.cert);
    put(files.key(), second.key);
    const settings = { issuer: `https://${HOST}`, certificate: files.certificate(), key: files.key() };
    await assert.rejects(startTrial({ settings }), (cause) => cause instanceof Fault && cause.code === "LISTEN_REFUSED");
    await assert.rejects(
      startTrial({ settings: { ...settings, key: join(folder, "nowhere") } }),
      (cause) => cause instanceof Fault && cause.code === "FILE_UNREADABLE",
    );
  });

  // Windows has no pipes among its files.
  test("does not wait for somebody who writes a key into a pipe", { skip: process.platform === "win32" }, async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const settings = { issuer: `https://${HOST}`, certificate: pipe, key: pipe };
    await assert.rejects(startTrial({ settings }), (cause) => cause instanceof Fault && cause.code === "FILE_UNSAFE");
  });
});

test("a server that stops answers what it was asked, then lets go of the connection", async () => {
  const trial = await startTrial();
  const socket = connectPlain(trial.server.port, "127.0.0.1");
  await once(socket, "connect");
  const body = "grant_type=x&client_id=brevet-cli";
  socket.write(
    `POST /oauth/token HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
  );
  // What was sent is there once another connection, which came later, is answered.
  assert.equal((await fetch(`${trial.url}/health`)).status, 200);
  const started = performance.now();
  const stopped = trial.close();
  socket.write(body.slice(5));
  const [answer] = (await once(socket, "data")) as [Buffer];
  assert.match(answer.toString("latin1"), /^HTTP\/1.1 400 /);
  socket.resume();
  await Promise.all([once(socket, "close"), stopped]);
  assert.ok(performance.now() - started < 5000, "it waited for a connection that nobody used any more");
});
