import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { openSqlite } from "./open-sqlite.ts";

const root = mkdtempSync(join(tmpdir(), "brevet-sqlite-"));
after(() => rmSync(root, { recursive: true, force: true }));

describe("the embedded database", () => {
  const file = join(root, "brevet.sqlite");

  test("is not opened where others can read it", async () => {
    await (await openSqlite(file)).close();
    chmodSync(file, 0o644);
    await assert.rejects(openSqlite(file), { code: "FILE_UNSAFE" });
    chmodSync(file, 0o600);
    await (await openSqlite(file)).close();
  });

  test("is not opened through a link", async () => {
    const link = join(root, "link.sqlite");
    symlinkSync(file, link);
    await assert.rejects(openSqlite(link), { code: "FILE_UNSAFE" });
  });
});
