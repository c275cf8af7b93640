import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { archiveKey, exportArchive } from "./audit-archive.ts";

test("an audit log that is not there is none, and no database is made of it", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "brevet-archive-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const absent = { code: "DATABASE_UNAVAILABLE", message: `there is no login server's database in ${folder}` };
  await assert.rejects(exportArchive(folder, {}, null, assert.fail), absent);
  await assert.rejects(archiveKey(folder, {}), absent);
  assert.deepEqual(readdirSync(folder), []);
});
