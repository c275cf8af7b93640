import assert from "node:assert/strict";
import { copyFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { test } from "node:test";
import { openSqlite } from "../../src/server/store/sqlite/open-sqlite.ts";
import { RUNTIMES, ranIn } from "./both-runtimes.ts";

async function namesIn(file: string): Promise<readonly unknown[]> {
  const database = await openSqlite(file);
  try {
    return (await database.read("SELECT name FROM kept ORDER BY rowid")).map(({ name }) => name);
  } finally {
    await database.close();
  }
}

for (const runtime of RUNTIMES) {
  test(`${runtime}: a log that could not be flushed is left to the checksums of the next start, and not moved into the file`, async () => {
    const { file } = ranIn(runtime, "failed-flush-child.ts").said as { readonly file: string };
    try {
      const alone = `${file}.alone`;
      copyFileSync(file, alone);
      assert.deepEqual(await namesIn(alone), ["before"]);
      // The disk of this test forgets nothing, so the log is whole.
      assert.deepEqual(await namesIn(file), ["before", "refused"]);
    } finally {
      rmSync(dirname(file), { recursive: true });
    }
  });
}
