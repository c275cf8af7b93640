import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type Server } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { Fault } from "../../src/core/fault.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { privateFiles } from "../../src/platform/private-files.ts";
import { addCheckpoint, checkpointKey } from "../../src/server/audit/checkpoint.ts";
import { deliveryTo } from "../../src/server/audit/destination.ts";
import { pushJob } from "../../src/server/audit/push.ts";
import { verifyAudit } from "../../src/server/audit/verify.ts";
import { openSeal } from "../../src/server/keys/seal.ts";
import { createAuthority } from "../contracts/http-certificates.ts";
import { startTrial, type TrialServer } from "./trial-server.ts";

let trial: TrialServer;
before(async () => {
  trial = await startTrial();
});
after(() => trial.close());

const http = createHttp({ environment: {} });
const storage = () => trial.server.storage;
const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;

async function happen(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const unit = storage().openUnit();
    unit.record({
      name: index % 2 === 0 ? "rules.changed" : "token.refused",
      actor: "p1",
      client: null,
      address: null,
      details: { index },
    });
    await unit.commit();
  }
  const unit = storage().openUnit();
  const seal = openSeal(privateFiles(), trial.dataFolder, () => false);
  await addCheckpoint(storage(), unit, { seal, now: trial.now() });
  await unit.commit();
}

/** What a receiver that drops what it knows keeps, verified as an export is. */
async function verifies(received: readonly string[]): Promise<number> {
  const key = await checkpointKey(storage());
  assert.ok(key !== null);
  const verified = await verifyAudit([...new Set(received)], key);
  const [row] = await storage().read("SELECT COUNT(*) AS n FROM audit_row");
  assert.equal(verified.rows, row?.["n"], "a row did not arrive");
  assert.ok(verified.checkpoints > 0);
  return received.length - new Set(received).size;
}

const pushTo = (destination: string, authority: string | null = null, authorization: string | null = null) => {
  const parts = { http, host: "id.example.com", authority: () => authority, authorization: () => authorization };
  const deliver = deliveryTo(destination, parts);
  return pushJob({ reader: storage(), openUnit: storage().openUnit, destination, deliver });
};

describe("the audit log that is pushed to a webhook", () => {
  const received: string[] = [];
  const authorizations = new Set<string | undefined>();
  let statuses: number[] = [];
  let server: Server;
  before(async () => {
    server = createHttpServer((request, response) => {
      authorizations.add(request.headers.authorization);
      let body = "";
      request.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      request.on("end", () => {
        const status = statuses.shift() ?? 204;
        if (status === 0) {
          request.socket.destroy();
          return;
        }
        // It may have kept what it then says that it could not.
        if (status !== 401) received.push(...body.trimEnd().split("\n"));
        response.writeHead(status).end();
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  after(() => server.close());

  test("arrives whole, whatever the receiver does, and is waited with longer each time", async () => {
    await happen(450);
    const job = pushTo(`http://127.0.0.1:${portOf(server)}/events`, null, "Splunk secret");
    statuses = [401, 500, 0, 204, 503];
    let now = trial.now();
    const waits: number[] = [];
    for (let failures = 0; statuses.length > 0; ) {
      const before = statuses.length;
      await job.run(now).then(
        () => undefined,
        () => {
          failures += 1;
        },
      );
      if (statuses.length < before) waits.push(failures);
      now += 1;
      assert.ok(now < trial.now() + 400, "it does not come back to the receiver");
    }
    await job.run(now + 400);
    await happen(3);
    await job.run(now + 500);
    assert.ok((await verifies(received)) > 0, "nothing came twice, so nothing was tried again");
    assert.deepEqual([...authorizations], ["Splunk secret"]);
    assert.deepEqual(waits, [1, 2, 3, 4]);
  });

  test("comes from one instance at a time, and from another when that one is gone", async () => {
    const destination = `http://127.0.0.1:${portOf(server)}/other`;
    const [one, other] = [pushTo(destination), pushTo(destination)];
    received.length = 0;
    const now = trial.now();
    await one.run(now);
    const count = received.length;
    await happen(1);
    await assert.rejects(other.run(now), (cause) => cause instanceof Fault && cause.code === "ALREADY_USED");
    assert.equal(received.length, count);
    await other.run(now + 31);
    assert.equal(await verifies(received), 0);
  });
});

describe("the audit log that is pushed by syslog", () => {
  /** RFC 6587 §3.4.1; what is not whole is no message. */
  const frames = (bytes: Buffer): readonly string[] => {
    const found: string[] = [];
    for (let at = 0; at < bytes.length; ) {
      const space = bytes.indexOf(0x20, at);
      const length = Number(bytes.subarray(at, space).toString());
      found.push(bytes.subarray(space + 1, space + 1 + length).toString());
      at = space + 1 + length;
    }
    return found;
  };
  const FORM = /^<(\d+)>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) id\.example\.com brevet - ([a-z.-]+) - (\{.*\})$/;
  const lineOf = (message: string): string => {
    const [, priority, , code, line = ""] = FORM.exec(message) ?? assert.fail(message);
    assert.equal(priority, code === "token.refused" ? "108" : "110");
    return line;
  };

  test("arrives by TLS, is not told to who is not trusted, and again when the receiver dies with it", async () => {
    const authority = await createAuthority("logs");
    const { cert, key } = await authority.issue();
    const whole: string[] = [];
    let deaths = 1;
    const server = createTlsServer({ cert, key, allowHalfOpen: true }, (socket) => {
      const chunks: Buffer[] = [];
      socket.on("error", () => undefined);
      socket.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        if (deaths > 0 && chunk.includes("raw_data")) {
          deaths -= 1;
          socket.destroy();
        }
      });
      socket.on("end", () => {
        whole.push(...frames(Buffer.concat(chunks)).map(lineOf));
        socket.end();
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const destination = `syslog+tls://127.0.0.1:${portOf(server)}`;
    const undelivered = (cause: unknown) => cause instanceof Fault && cause.code === "AUDIT_UNDELIVERED";
    await assert.rejects(pushTo(destination).run(trial.now()), undelivered);
    assert.equal(deaths, 1, "somebody who is not trusted was told something");
    const job = pushTo(destination, authority.certificate);
    await assert.rejects(job.run(trial.now() + 100), undelivered);
    await job.run(trial.now() + 200);
    await verifies(whole);
    server.close();
  });

  test("arrives by TCP, and by UDP as far as that goes", async () => {
    const whole: string[] = [];
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      const chunks: Buffer[] = [];
      socket.on("data", (chunk: Buffer) => chunks.push(chunk));
      socket.on("end", () => {
        whole.push(...frames(Buffer.concat(chunks)).map(lineOf));
        socket.end();
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    await pushTo(`syslog+tcp://127.0.0.1:${portOf(server)}`).run(trial.now());
    await verifies(whole);
    server.close();
    const datagrams = createSocket("udp4");
    datagrams.bind(0, "127.0.0.1");
    await once(datagrams, "listening");
    const first = once(datagrams, "message");
    await pushTo(`syslog+udp://127.0.0.1:${(datagrams.address() as AddressInfo).port}`).run(trial.now());
    assert.ok(lineOf(String(((await first) as [Buffer])[0])).length > 0);
    datagrams.close();
  });
});

test("a server pushes by itself to where its settings say, with what its data folder says", async () => {
  const lines: string[] = [];
  const server = createHttpServer((request, response) => {
    request.setEncoding("utf8").on("data", (chunk: string) => void lines.push(chunk));
    request.on("end", () => response.writeHead(request.headers.authorization === "Bearer given" ? 204 : 401).end());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const folder = mkdtempSync(join(tmpdir(), "brevet-push-"));
  writeFileSync(join(folder, "audit-push.authorization"), "Bearer given\n", { mode: 0o600 });
  const own = await startTrial({ dataFolder: folder, http, settings: { auditPush: [`http://127.0.0.1:${portOf(server)}/`] } });
  try {
    await own.server.refresh();
    assert.ok(lines.join("").includes("chain.opened"));
    assert.deepEqual(own.warnings, []);
  } finally {
    await own.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
