import { once } from "node:events";
import { lookAtSqlite, openSqlite } from "../../src/server/store/sqlite/open-sqlite.ts";
import { walFlush } from "../../src/server/store/sqlite/wal-flush.ts";

/** Who opens a database: each says on stdout what it found, and goes on until its stdin ends. */
const ROLES: Readonly<Record<string, (file: string) => Promise<unknown>>> = {
  /** A server whose disk fails while it keeps something. */
  async "failing server"(file) {
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
    return untilTheEnd(second, null);
  },
  async look(file) {
    const database = await lookAtSqlite(file);
    return untilTheEnd(database, await names(database));
  },
  async "next server"(file) {
    const database = await openSqlite(file);
    return untilTheEnd(database, await names(database));
  },
};

type Opened = Awaited<ReturnType<typeof lookAtSqlite>>;

async function names(database: Opened): Promise<readonly unknown[]> {
  return (await database.read("SELECT name FROM kept ORDER BY rowid")).map(({ name }) => name);
}

async function untilTheEnd(database: Opened, found: unknown): Promise<void> {
  say(found);
  process.stdin.resume();
  await once(process.stdin, "end");
  await database.close();
}

function say(found: unknown): void {
  process.stdout.write(`${JSON.stringify(found)}\n`);
}

const [role = "", file = ""] = process.argv.slice(2);
// As the program itself ends.
void ROLES[role]?.(file)
  .catch((cause: unknown) => say((cause as { readonly code?: unknown }).code))
  .then(() => process.exit(0));
