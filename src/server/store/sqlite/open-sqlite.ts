import { privateFiles } from "../../../platform/private-files.ts";
import type { Database, Row } from "../database.ts";
import { readCache } from "../read-cache.ts";
import { unavailable } from "../unavailable.ts";
import { runtimeConnections, type SqliteConnection } from "./driver.ts";
import { type WalFlush, walFlush } from "./wal-flush.ts";

/**
 * Opens the embedded database, and makes it where there is none, in WAL mode. What was committed survives a power cut: SQLite writes the
 * log (`synchronous=NORMAL`), and {@link walFlush} waits for the disk while this thread serves others.
 *
 * The database belongs to one process, which remembers what it has read until it writes the same table.
 *
 * Reading and writing have a connection each: a reader sees the last commit while the writer is in the middle of a batch.
 *
 * @throws {Fault} `DATABASE_UNAVAILABLE`; `FILE_UNSAFE` for a file that others can read or change.
 */
export async function openSqlite(file: string, flushing: (file: string) => WalFlush = walFlush): Promise<Database> {
  const open = await runtimeConnections();
  requirePrivate(file);
  const writer = attempt(() => prepareWriter(open(file, "write")));
  const reader = attempt(() => open(file, "read"));
  reader.exec("PRAGMA busy_timeout = 5000");
  const flush = flushing(file);
  let hasWritten = false;
  const cache = readCache((sql, values) => reader.all(sql, values));
  return {
    kind: "sqlite",
    read: async (sql, values = []) => attempt(() => cache.read(sql, values)),
    version: cache.version,
    clock: async () => null,
    async transaction(work) {
      const written = new Set<string>();
      const failure = flush.failure();
      if (failure !== null) throw failure;
      attempt(() => writer.run("BEGIN IMMEDIATE", []));
      hasWritten = true;
      try {
        const result = await work({
          read: async (sql, values = []): Promise<readonly Row[]> => attempt(() => writer.all(sql, values)),
          async run(sql, values = []) {
            written.add(sql);
            return attempt(() => writer.run(sql, values));
          },
        });
        attempt(() => writer.run("COMMIT", []));
        cache.written(written);
        await flush.toDisk();
        return result;
      } catch (cause) {
        undo(writer);
        throw cause;
      }
    },
    async close() {
      flush.close();
      // SQLite moves the log into the file when its last connection ends, and one that only reads cannot: it is the last.
      if (flush.failure() !== null) return writer.close();
      reader.close();
      // libsql ends a connection only when its statements are collected: until then the file alone would not be the database. Who has only
      // looked, beside a server, leaves its log to it.
      if (hasWritten) attempt(() => writer.exec("PRAGMA wal_checkpoint(TRUNCATE)"));
      writer.close();
    },
  };
}

/**
 * After how many pages (16 MB) SQLite moves its log into the file, and has this thread wait for the disk meanwhile. Its own 1000 came every
 * few hundred exchanges: proofs lie all over their index, and a page that is written often is moved once.
 */
const CHECKPOINT_PAGES = 4000;

function prepareWriter(connection: SqliteConnection): SqliteConnection {
  const pragmas = ["journal_mode = WAL", `wal_autocheckpoint = ${CHECKPOINT_PAGES}`, "synchronous = NORMAL"];
  for (const pragma of [...pragmas, "foreign_keys = ON", "busy_timeout = 5000"]) connection.exec(`PRAGMA ${pragma}`);
  return connection;
}

/** SQLite makes files as the umask says: here the file is there, and private, before it opens it. */
function requirePrivate(file: string): void {
  const files = privateFiles();
  if (!files.create(file, new Uint8Array(), "lasting")) files.requireOurs(file);
}

/** A disk that is full ends the transaction by itself, and then there is nothing to undo. */
function undo(writer: SqliteConnection): void {
  try {
    writer.exec("ROLLBACK");
  } catch {
    // The reason for being here is told, not this one.
  }
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw unavailable(cause);
  }
}
