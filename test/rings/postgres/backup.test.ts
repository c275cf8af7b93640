import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { checkpointKey } from "../../../src/server/audit/checkpoint.ts";
import { exportAudit } from "../../../src/server/audit/export.ts";
import { pushCursor } from "../../../src/server/audit/push.ts";
import { verifyAudit } from "../../../src/server/audit/verify.ts";
import { ENDPOINTS } from "../../../src/wire/brevet-api/endpoints.ts";
import { signInAtCli } from "../../server/sign-in.ts";
import { startTrial } from "../../server/trial-server.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";

let postgres: PostgresServer;
let folder: string;
before(async () => {
  postgres = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), "brevet-dump-"));
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await postgres.close();
});

/** The statement that the guide has people run after `pg_restore`. */
function statementOfGuide(): string {
  const guide = readFileSync(join(import.meta.dirname, "../../../docs/guides/operating-the-login-server.md"), "utf8");
  const [, statement] = /psql "\$URL" -c "([^"]+)"/.exec(guide) ?? [];
  assert.ok(statement !== undefined, "the guide does not say how sessions are ended");
  return statement;
}

test("a server goes on from what pg_dump took while it served, and the sealing key", async () => {
  const database = await postgres.createDatabase("dumped");
  const trial = await startTrial({ database });
  await trial.addPerson({ id: "p1", email: "alice@example.com" });
  await signInAtCli(trial, "p1");
  const pushed = "SELECT name FROM setting WHERE name LIKE 'audit-push-cursor %'";
  const unit = trial.server.storage.openUnit();
  unit.write("INSERT INTO setting (name, value) VALUES (?, 'x')", [pushCursor("https://siem.example.com/")]);
  await unit.commit();
  assert.equal((await trial.server.storage.read(pushed)).length, 1);
  const dump = join(folder, "brevet.dump");
  execFileSync("pg_dump", ["--format=custom", `--file=${dump}`, database]);
  const keys = await (await fetch(`${trial.url}${ENDPOINTS.jwks}`)).text();
  const data = join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  cpSync(join(trial.dataFolder, "seal.key"), join(data, "seal.key"));
  await trial.close();

  const fresh = await postgres.createDatabase("put_back");
  execFileSync("pg_restore", ["--no-owner", "--exit-on-error", `--dbname=${fresh}`, dump]);
  execFileSync("psql", [fresh, "-v", "ON_ERROR_STOP=1", "-c", statementOfGuide()]);
  const copy = await startTrial({ database: fresh, dataFolder: data, settings: { issuer: trial.url } });
  try {
    const served = await fetch(`http://localhost:${copy.server.port}${ENDPOINTS.jwks}`);
    assert.equal(await served.text(), keys);
    assert.deepEqual(await copy.server.storage.read("SELECT kind FROM artifact WHERE kind <> 'Client'"), []);
    assert.deepEqual(await copy.server.storage.read(pushed), [], "a destination goes on where another server was");
    const key = await checkpointKey(copy.server.storage);
    assert.ok(key !== null);
    const { lines } = await exportAudit(copy.server.storage, null, 100_000);
    assert.ok((await verifyAudit(lines, key)).rows > 5);
  } finally {
    await copy.stop();
  }
});
