import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import { privateFiles } from "../../src/platform/private-files.ts";
import { readCut } from "../../src/server/audit/cut.ts";
import { backupServer } from "../../src/server/backup.ts";
import { openSeal } from "../../src/server/keys/seal.ts";
import { restoreServer } from "../../src/server/restore.ts";
import { cutsAuditLog, happen } from "./audit-retention.ts";
import { startTrial } from "./trial-server.ts";

cutsAuditLog("SQLite", async () => undefined);

test("a server cuts its log by its settings, and what it has cut is put back from a backup as whole", async () => {
  const old = await startTrial({ clockOffset: -10 * 86_400 });
  const seal = openSeal(privateFiles(), old.dataFolder, () => false);
  for (const count of [20, 1]) {
    // The server itself may have written this checkpoint.
    await happen(old.server.storage, count, { seal, now: old.now() }).catch((cause: unknown) => {
      if (!(cause instanceof Fault) || cause.code !== "ALREADY_USED") throw cause;
    });
  }
  await old.stop();
  const { dataFolder, url } = old;
  const trial = await startTrial({ dataFolder, url, file: { auditKeep: "7d" } });
  const folder = mkdtempSync(join(tmpdir(), "brevet-cut-"));
  try {
    const started = performance.now();
    while ((await readCut(trial.server.storage)) === null) {
      assert.ok(performance.now() - started < 120_000, "it is not cut");
      await new Promise((turn) => setImmediate(turn));
    }
    const file = join(folder, "backup.sqlite");
    await backupServer(dataFolder, {}, { file, now: trial.now() });
    const keyFile = join(dataFolder, "seal.key");
    const { audit } = await restoreServer(join(folder, "data"), { file, key: readFileSync(keyFile), keyFile, now: trial.now });
    assert.ok(audit.cutAt !== null && audit.rows < 20, `${audit.rows} rows, cut at ${audit.cutAt}`);
    assert.match(
      await (await fetch(`http://localhost:${trial.server.port}/metrics`)).text(),
      /^brevet_audit_overdue_seconds 0$/m,
    );
    assert.deepEqual(trial.warnings, []);
  } finally {
    await trial.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
