import { statSync } from "node:fs";
import { Fault } from "../../../core/fault.ts";
import { shellCommand } from "../../../core/shell-command.ts";
import { privateFiles } from "../../../platform/private-files.ts";
import type { Database, LookedAtDatabase, Row } from "../database.ts";
import { readCache } from "../read-cache.ts";
import { unavailable } from "../unavailable.ts";
import { isBusy, type OpenConnection, runtimeConnections, type SqliteConnection } from "./driver.ts";
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
  const writer = attempt(() => prepareWriter(open(file, "write"), file));
  const reader = attempt(() => openReader(open, file));
  const flush = flushing(file);
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
      // libsql ends a connection only when its statements are collected: until then the file alone would not be the database.
      attempt(() => writer.exec("PRAGMA wal_checkpoint(TRUNCATE)"));
      writer.close();
    },
  };
}

/**
 * Opens the embedded database for reading only, next to its server or without one. A connection that can write would, as the last
 * to close, move the log that a server left into the file.
 *
 * @throws {Fault} `DATABASE_UNAVAILABLE`; `FILE_UNSAFE` for a file that others can read or change.
 */
export async function lookAtSqlite(file: string): Promise<LookedAtDatabase> {
  const open = await runtimeConnections();
  privateFiles().requireOurs(file);
  const reader = attempt(() => openReader(open, file));
  return {
    read: async (sql, values = []) => attempt(() => reader.all(sql, values)),
    clock: async () => null,
    close: async () => reader.close(),
  };
}

function openReader(open: OpenConnection, file: string): SqliteConnection {
  const connection = open(file, "read");
  connection.exec(WAIT);
  return connection;
}

/** For those who hold the database for a moment. */
const WAIT = "PRAGMA busy_timeout = 5000";

/**
 * After how many pages (16 MB) SQLite moves its log into the file, and has this thread wait for the disk meanwhile. Its own 1000
 * came every few hundred exchanges: proofs are spread all over their index, and a page that is written often is moved once.
 */
const CHECKPOINT_PAGES = 4000;

function prepareWriter(connection: SqliteConnection, file: string): SqliteConnection {
  connection.exec(WAIT);
  const wasLeft = (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
  if (wasLeft) takeLogByItsChecksums(connection, file);
  const pragmas = ["journal_mode = WAL", `wal_autocheckpoint = ${CHECKPOINT_PAGES}`, "synchronous = NORMAL"];
  for (const pragma of [...pragmas, "foreign_keys = ON"]) connection.exec(`PRAGMA ${pragma}`);
  if (wasLeft) requireWhole(connection, file);
  return connection;
}

/**
 * Moves the log of a server that did not come to its end into the file: every whole commit by its checksums, and nothing behind a
 * hole. SQLite checks them for the first connection only: while one is open, later ones believe what it has read. So this needs
 * the database to itself.
 *
 * @see https://www.sqlite.org/wal.html#use_of_wal_without_shared_memory
 */
function takeLogByItsChecksums(connection: SqliteConnection, file: string): void {
  try {
    for (const pragma of ["locking_mode = EXCLUSIVE", "journal_mode = DELETE", "locking_mode = NORMAL"])
      connection.exec(`PRAGMA ${pragma}`);
  } catch (cause) {
    connection.close();
    if (!isBusy(cause)) throw cause;
    throw new Fault("DATABASE_UNAVAILABLE", `the server before did not come to its end, and another program has ${file} open`, {
      cause,
      hints: [
        "wait for it (a backup, `brevet audit export`), or end it, and start the server again",
        `who it is: \`${shellCommand`lsof ${file}`}\``,
      ],
    });
  }
}

/** Damage in the file itself is reported at the start, not page by page as requests meet it. */
function requireWhole(connection: SqliteConnection, file: string): void {
  const [found] = tried(() => connection.all("PRAGMA quick_check(1)", []));
  if (found?.["quick_check"] === "ok") return;
  connection.close();
  throw new Fault("DATABASE_UNAVAILABLE", `the server before did not come to its end, and ${file} is damaged`, {
    hints: ["put a backup back, into a folder of its own: `brevet serve restore FILE --key FILE --data DIR`"],
    details: { found: String(found?.["quick_check"]) },
  });
}

/** A file that SQLite cannot read at all is damaged too. */
function tried(read: () => readonly Row[]): readonly Row[] {
  try {
    return read();
  } catch (cause) {
    return [{ quick_check: String(cause) }];
  }
}

/** SQLite makes files as the umask says: here the file is there, and private, before it opens it. */
function requirePrivate(file: string): void {
  const files = privateFiles();
  if (!files.create(file, new Uint8Array(), "lasting")) files.requireOurs(file);
}

/** A full disk already ends the transaction, and then there is nothing to undo. */
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
