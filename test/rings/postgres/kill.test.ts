import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { decodeJwt, exportJWK, SignJWT } from "jose";
import * as client from "openid-client";
import { Secret } from "../../../src/core/secret.ts";
import { checkpointKey } from "../../../src/server/audit/checkpoint.ts";
import { exportAudit } from "../../../src/server/audit/export.ts";
import { verifyAudit } from "../../../src/server/audit/verify.ts";
import { openPostgres } from "../../../src/server/store/postgres/open-postgres.ts";
import { childProgram } from "../../child-program.ts";
import { signInAtCli } from "../../server/sign-in.ts";
import { startTrial } from "../../server/trial-server.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";

let postgres: PostgresServer;
let folder: string;
before(async () => {
  postgres = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), "brevet-instances-"));
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await postgres.close();
});

/** An instance in a process of its own. */
async function instance(...words: readonly string[]): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const [program, ...args] = childProgram(join(import.meta.dirname, "instance-child.ts"));
  const child = spawn(program, [...args, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise<string>((said, ended) => {
    child.stdout?.once("data", (chunk: Buffer) => said(chunk.toString().trim()));
    child.once("exit", () => ended(new Error("the instance did not start")));
  });
  return { url, child };
}

test("an instance that is killed under load loses no session, and no record of a token that anybody holds", async () => {
  const database = await postgres.createDatabase("instances");
  const first = await startTrial({ dataFolder: join(folder, "a"), database });
  await first.addPerson({ id: "p1", email: "alice@example.com" });
  const session = await signInAtCli(first, "p1");
  cpSync(join(folder, "a"), join(folder, "b"), { recursive: true });
  cpSync(join(folder, "a"), join(folder, "c"), { recursive: true });
  const [victim, survivor] = await Promise.all(["b", "c"].map((name) => instance(join(folder, name), database, first.url)));
  assert.ok(victim !== undefined && survivor !== undefined);

  const held = new Set<string>();
  let broken = 0;
  const jwk = await exportJWK(session.keys.publicKey);
  const exchange = async (url: string): Promise<boolean> => {
    const proof = await new SignJWT({ jti: crypto.randomUUID(), htm: "POST", htu: `${first.url}/oauth/token` })
      .setIssuedAt()
      .setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk })
      .sign(session.keys.privateKey);
    const answer = await fetch(`${url}/oauth/token`, {
      method: "POST",
      headers: { dpop: proof },
      body: new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        client_id: "brevet-cli",
        subject_token: session.tokens.access_token,
        subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
        audience: first.url,
      }),
    });
    assert.equal(answer.status, 200, await answer.clone().text());
    held.add(String(decodeJwt(((await answer.json()) as { access_token: string }).access_token).jti));
    return true;
  };
  const worker = async (url: string): Promise<void> => {
    for (let turn = 0; turn < 40; turn++) {
      try {
        await exchange(url);
      } catch (cause) {
        if (cause instanceof assert.AssertionError) throw cause;
        broken += 1;
        return;
      }
      if (held.size > 40 && !victim.child.killed) victim.child.kill("SIGKILL");
    }
  };
  await Promise.all([
    ...Array.from({ length: 8 }, () => worker(victim.url)),
    ...Array.from({ length: 4 }, () => worker(survivor.url)),
  ]);
  assert.ok(broken > 0, "nobody was served by the instance when it was killed");

  // The session goes on where it is asked for, with the refresh token too.
  await exchange(survivor.url);
  const renewed = await client.refreshTokenGrant(
    session.configuration,
    session.tokens.refresh_token ?? "",
    {},
    { DPoP: session.dpop },
  );
  assert.ok(renewed.refresh_token);
  survivor.child.kill("SIGTERM");
  await first.stop();

  const reader = await openPostgres(new Secret("database URL", database));
  const { lines } = await exportAudit(reader, null, 100_000);
  const key = await checkpointKey(reader);
  await reader.close();
  assert.ok(key !== null);
  assert.ok((await verifyAudit(lines, key)).rows > held.size);
  const recorded = new Set(lines.flatMap((line) => /\\"jti\\":\\"([^"\\]+)/.exec(line)?.[1] ?? []));
  assert.deepEqual(
    [...held].filter((jti) => !recorded.has(jti)),
    [],
    "a token that somebody holds is not in the audit log",
  );
});
