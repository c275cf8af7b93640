import type { Row, SqlValue } from "./database.ts";

/**
 * What was read from an embedded database, kept until a table that it was read from is written. The database belongs to this one
 * process, so that nobody else can change what is remembered; a shared database has no such cache.
 */
export interface ReadCache {
  /** The rows of a statement, remembered or read now. */
  read(sql: string, values: readonly SqlValue[]): readonly Row[];
  /** A number that grows with each write of one of these tables. */
  version(tables: readonly string[]): number;
  /** Statements were committed: what was read from their tables counts no more. To be called before anything else runs. */
  written(statements: Iterable<string>): void;
}

/** Beyond, everything is forgotten: which of many is used again is not worth keeping books about. */
const MOST_ENTRIES = 5000;
/** Groups of a person, keys of a person: what requests look up again and again is short. */
const MOST_ROWS = 64;

interface Entry {
  readonly rows: readonly Row[];
  /** The versions of its tables when it was read. */
  readonly versions: readonly number[];
}

export function readCache(read: (sql: string, values: readonly SqlValue[]) => readonly Row[]): ReadCache {
  const tablesBySql = new Map<string, readonly string[]>();
  const versions = new Map<string, number>();
  const entries = new Map<string, Entry>();
  const tablesOf = (sql: string): readonly string[] => {
    const known = tablesBySql.get(sql);
    if (known !== undefined) return known;
    const found = [...sql.matchAll(/\b(?:FROM|JOIN|INTO|UPDATE)\s+["`]?(\w+)/gi)].map(([, name = ""]) => name.toLowerCase());
    const tables = [...new Set(found)].filter((name) => name !== "set" && name !== "select");
    tablesBySql.set(sql, tables);
    return tables;
  };
  const version = (table: string): number => versions.get(table) ?? 0;
  return {
    read(sql, values) {
      const key = `${sql}${JSON.stringify(values)}`;
      const tables = tablesOf(sql);
      const known = entries.get(key);
      if (known?.versions.every((each, index) => each === version(tables[index] ?? ""))) return known.rows;
      const rows = read(sql, values);
      if (entries.size >= MOST_ENTRIES) entries.clear();
      // A statement whose tables are not seen is never remembered, and neither are whole pages of lists: they would fill the memory.
      if (tables.length > 0 && rows.length <= MOST_ROWS) entries.set(key, { rows, versions: tables.map(version) });
      return rows;
    },
    version: (tables) => tables.reduce((sum, table) => sum + version(table), 0),
    written(statements) {
      for (const sql of statements) for (const table of tablesOf(sql)) versions.set(table, version(table) + 1);
    },
  };
}
