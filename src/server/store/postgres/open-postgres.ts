import pg from "pg";
import { Fault } from "../../../core/fault.ts";
import type { Secret } from "../../../core/secret.ts";
import { type Database, integer, type Row, type SqlValue } from "../database.ts";
import { unavailable } from "../unavailable.ts";
import { preferLocalSocket, requireReadable, SOCKET_FOLDER, unreached } from "./reach-postgres.ts";

/** Connections that requests read with; one more commits. */
const READERS = 8;

/** Longer, and the database counts as away: a request must not hang on it. */
const CONNECT_MS = 5000;
const STATEMENT_MS = 15_000;

/** PostgreSQL's `bigint` as a number: nothing that is kept reaches 2^53. */
const INT8 = 20;

/**
 * Opens a PostgreSQL database. One connection commits, in the order in which units come; others read.
 *
 * Every commit waits for the disk (`synchronous_commit=on`), whatever the database's own setting is.
 *
 * @throws {Fault} `DATABASE_UNAVAILABLE`, `URL_INVALID`, `FILE_UNREADABLE`
 */
export async function openPostgres(url: Secret<string>, socketFolder = SOCKET_FOLDER): Promise<Database> {
  preferLocalSocket(socketFolder);
  const settings: pg.PoolConfig = {
    connectionString: url.reveal(),
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: STATEMENT_MS,
    keepAlive: true,
    application_name: "brevet",
    options: "-c synchronous_commit=on",
    types: {
      getTypeParser: (oid: number, format?: "text" | "binary") =>
        oid === INT8 ? Number : pg.types.getTypeParser(oid, format as "text"),
    },
  };
  requireReadable(settings);
  const readers = new pg.Pool({ ...settings, max: READERS });
  const writers = new pg.Pool({ ...settings, max: 1 });
  // A broken connection is replaced, and its user's query fails. Without a listener the event would end the process.
  for (const pool of [readers, writers]) {
    pool.on("error", () => undefined);
    pool.on("connect", (client) => client.on("error", () => undefined));
  }
  const database: Database = {
    kind: "postgres",
    read: (sql, values = []) => rows(readers, sql, values),
    // Another instance may have written a moment ago.
    version: () => null,
    async clock() {
      const [row] = await rows(readers, "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS bigint) AS time", []);
      return row === undefined ? null : integer(row, "time");
    },
    async transaction(work) {
      const client = await attempt(() => writers.connect());
      let broken = true;
      try {
        await attempt(() => client.query("BEGIN"));
        const result = await work({
          read: (sql, values = []) => rows(client, sql, values),
          run: async (sql, values = []) => (await attempt(() => client.query(query(sql, values)))).rowCount ?? 0,
        });
        await attempt(() => client.query("COMMIT"));
        broken = false;
        return result;
      } catch (cause) {
        broken = !(await undone(client));
        throw cause;
      } finally {
        client.release(broken);
      }
    },
    async close() {
      await Promise.all([readers.end(), writers.end()]);
    },
  };
  try {
    await readers.query("SELECT 1");
  } catch (cause) {
    await database.close().catch(() => undefined);
    throw unreached(cause, settings);
  }
  return database;
}

interface Queryable {
  query(config: pg.QueryConfig): Promise<pg.QueryResult>;
}

async function rows(from: Queryable, sql: string, values: readonly SqlValue[]): Promise<readonly Row[]> {
  return (await attempt(() => from.query(query(sql, values)))).rows;
}

const numbered = new Map<string, { readonly text: string; readonly name: string }>();

/** Statements are few and come again and again: each is prepared once for a connection. */
function query(sql: string, values: readonly SqlValue[]): pg.QueryConfig {
  let known = numbered.get(sql);
  if (known === undefined) {
    let place = 0;
    known = { text: sql.replace(/\?/g, () => `$${++place}`), name: `s${numbered.size}` };
    numbered.set(sql, known);
  }
  // PostgreSQL keeps no text with a NUL, and reports one like a failure of its own; it is the client's bad request.
  if (values.some((value) => typeof value === "string" && value.includes("\0"))) {
    throw new Fault("REQUEST_INVALID", "a text that was sent holds a NUL");
  }
  return { ...known, values: [...values] };
}

/** Whether the connection is as it was before the transaction. */
async function undone(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query("ROLLBACK");
    return true;
  } catch {
    return false;
  }
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw unavailable(cause);
  }
}
