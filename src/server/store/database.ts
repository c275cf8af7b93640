import type { EpochSeconds } from "../../core/time.ts";

/**
 * The storage port of the login server: one schema, spoken in the SQL that SQLite and PostgreSQL share, over either.
 *
 * Places for values are written `?`. Numbers are integers below 2^53, truth is 0 or 1, times are epoch seconds.
 */

/** A value that both databases keep alike. */
export type SqlValue = string | number | null;

/** One row of a result, by the names of its columns. */
export type Row = Readonly<Record<string, SqlValue>>;

/** What can be asked for rows. */
export interface Reader {
  /** @throws {Fault} `DATABASE_UNAVAILABLE` */
  read(sql: string, values?: readonly SqlValue[]): Promise<readonly Row[]>;
}

/** A reader that can say whether rows may have changed. */
export interface VersionedReader extends Reader {
  /**
   * A number that grows whenever one of these tables was written; null where nobody knows, because others write them too. To be
   * compared with the answer for the same tables only.
   */
  version(tables: readonly string[]): number | null;
}

/** An open transaction: what it runs is kept as a whole, or not at all. */
export interface Transaction extends Reader {
  /** @returns how many rows it changed. */
  run(sql: string, values?: readonly SqlValue[]): Promise<number>;
}

/** A database that is only read, next to its servers or without any. */
export interface LookedAtDatabase extends Reader {
  /** The database's own time; null for one that has none but its process's. @throws {Fault} `DATABASE_UNAVAILABLE` */
  clock(): Promise<EpochSeconds | null>;
  close(): Promise<void>;
}

/**
 * An open database. Readers see what was committed, never what a transaction that is still open has written.
 */
export interface Database extends VersionedReader, LookedAtDatabase {
  readonly kind: "sqlite" | "postgres";
  /**
   * Runs `work` in one transaction and makes it durable before it returns; a `work` that throws leaves nothing behind. Called
   * by one caller at a time.
   *
   * @throws {Fault} `DATABASE_UNAVAILABLE`; whatever `work` throws.
   */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
}

/** The text of a column that is never null. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new TypeError(`the column ${column} holds no text`);
  return value;
}

/** The number of a column that is never null. */
export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new TypeError(`the column ${column} holds no number`);
  return value;
}
