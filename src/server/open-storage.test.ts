import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { privateFiles } from "../platform/files.ts";
import { openStorage } from "./open-storage.ts";
import { readSettings } from "./settings/read-settings.ts";

test("the chain of a server that was killed ends with the next start, and is named no more", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "brevet-storage-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const settings = readSettings(privateFiles(), folder, {});
  const killed = await openStorage(settings, () => 1);
  const next = await openStorage(settings, () => 2);
  const chains = await next.read("SELECT closed, noted FROM audit_chain ORDER BY closed DESC");
  assert.deepEqual(
    chains.map((row) => ({ ...row })),
    [
      { closed: 1, noted: 0 },
      { closed: 0, noted: 0 },
    ],
  );
  await next.close();
  await killed.close();
});
