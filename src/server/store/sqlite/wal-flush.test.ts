import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { walFlush } from "./wal-flush.ts";

const folder = mkdtempSync(join(tmpdir(), "brevet-flush-"));
after(() => rmSync(folder, { recursive: true, force: true }));

describe("a flush of the log", () => {
  test("that failed once is not taken for good when a later one succeeds", async () => {
    const file = join(folder, "brevet.sqlite");
    for (const path of [file, `${file}-wal`]) writeFileSync(path, "");
    let broken = false;
    const flush = walFlush(file, async () => {
      if (broken) throw Object.assign(new Error("input/output error"), { code: "EIO" });
    });
    await flush.toDisk();
    broken = true;
    await assert.rejects(flush.toDisk(), { code: "DATABASE_UNAVAILABLE", message: /did not take/ });
    broken = false;
    await assert.rejects(flush.toDisk(), { code: "DATABASE_UNAVAILABLE", message: /did not take/ });
    flush.close();
  });
});
