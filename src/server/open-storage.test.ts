import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { privateFiles } from "../platform/private-files.ts";
import { openStorage } from "./open-storage.ts";
import { readSettings } from "./settings/read-settings.ts";

test("the chain of a server that was killed ends with the next start, and is named no more", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "brevet-storage-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const settings = (part: string) => readSettings(privateFiles(), join(folder, part), {});
  const served = await openStorage(settings("served"), () => 1);
  // What a server leaves whose process ends now.
  cpSync(join(folder, "served"), join(folder, "killed"), { recursive: true });
  await served.close();
  const next = await openStorage(settings("killed"), () => 2);
  const chains = await next.read("SELECT closed, noted FROM audit_chain ORDER BY closed DESC");
  assert.deepEqual(
    chains.map((row) => ({ ...row })),
    [
      { closed: 1, noted: 0 },
      { closed: 0, noted: 0 },
    ],
  );
  await next.close();
});

// Windows removes no file that is open.
test("a server that can keep nothing any more closes its database all the same", {
  skip: process.platform === "win32",
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "brevet-storage-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const storage = await openStorage(readSettings(privateFiles(), folder, {}), () => 1);
  const look = () => storage.read("SELECT COUNT(*) AS n FROM audit_row");
  assert.deepEqual({ ...(await look())[0] }, { n: 1 });
  rmSync(join(folder, "brevet.sqlite"));
  await assert.rejects(storage.close(), { code: "DATABASE_UNAVAILABLE", message: /removed or replaced/ });
  await assert.rejects(storage.read("SELECT COUNT(*) AS n FROM audit_chain"), { code: "DATABASE_UNAVAILABLE" });
});
