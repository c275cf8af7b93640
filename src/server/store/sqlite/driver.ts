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

/** The library of this runtime: `libsql` in Node, Bun's own in the executable, where libsql's loader cannot be compiled in. */
export async function runtimeConnections(): Promise<OpenConnection> {
  if ("bun" in process.versions) return (await import("./bun-connection.ts")).openBunConnection;
  return (await import("./libsql-connection.ts")).openLibsqlConnection;
}

/** Whether a statement failed because somebody else holds the database. */
export function isBusy(cause: unknown): boolean {
  return /locked|busy/i.test(String(cause));
}
