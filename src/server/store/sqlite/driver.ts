import { packageAbsent } from "../../../platform/package-absent.ts";
import type { Row, SqlValue } from "../database.ts";

/** What is used of an SQLite library. Every call blocks, which for an embedded database is microseconds. */
export interface SqliteConnection {
  exec(sql: string): void;
  all(sql: string, values: readonly SqlValue[]): readonly Row[];
  /** @returns how many rows it changed. */
  run(sql: string, values: readonly SqlValue[]): number;
  close(): void;
}

/** Opens a database file; `readonly` must not make it. */
export type OpenConnection = (file: string, access: "write" | "read") => SqliteConnection;

/**
 * The library of this runtime: `libsql` in Node, Bun's own in the executable, where libsql's loader cannot be compiled in.
 *
 * @throws {Fault} `DATABASE_UNAVAILABLE` where `libsql` was not installed.
 */
export async function runtimeConnections(
  loadLibsql: () => Promise<{ readonly openLibsqlConnection: OpenConnection }> = () => import("./libsql-connection.ts"),
): Promise<OpenConnection> {
  if ("bun" in process.versions) return (await import("./bun-connection.ts")).openBunConnection;
  try {
    return (await loadLibsql()).openLibsqlConnection;
  } catch (cause) {
    throw packageAbsent("DATABASE_UNAVAILABLE", { name: "libsql", purpose: "keeps an SQLite database" }, cause);
  }
}

/** Whether a statement failed because somebody else holds the database. */
export function isBusy(cause: unknown): boolean {
  return /locked|busy/i.test(String(cause));
}
