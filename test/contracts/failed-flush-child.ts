import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqlite } from "../../src/server/store/sqlite/open-sqlite.ts";
import { walFlush } from "../../src/server/store/sqlite/wal-flush.ts";

/** A server whose disk fails while it keeps something, and which then closes its database and ends; prints where that is. */
async function main(): Promise<void> {
  const file = join(mkdtempSync(join(tmpdir(), "brevet-failed-flush-")), "brevet.sqlite");
  const first = await openSqlite(file);
  await first.transaction(({ run }) => run("CREATE TABLE kept (name TEXT)"));
  await first.transaction(({ run }) => run("INSERT INTO kept (name) VALUES ('before')"));
  await first.close();
  const second = await openSqlite(file, (path) =>
    walFlush(path, async () => {
      throw Object.assign(new Error("input/output error"), { code: "EIO" });
    }),
  );
  await second.read("SELECT name FROM kept");
  await second.transaction(({ run }) => run("INSERT INTO kept (name) VALUES ('refused')")).catch(() => undefined);
  await second.close();
  process.stdout.write(JSON.stringify({ file }));
}

// As the program itself ends.
void main().then(() => process.exit(0));
