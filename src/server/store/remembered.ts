import type { VersionedReader } from "./database.ts";

/**
 * What was worked out from the rows of some tables, kept for as long as none of them was written. Where that cannot be known
 * (others write to the database too), nothing is kept and everything is worked out each time.
 */
export interface Remembered<T> {
  /** What is remembered of a key and still holds; null: it has to be worked out. Asks nobody. */
  known(key: string): T | null;
  /** Works it out, and remembers it unless it is null. */
  find(key: string, work: () => Promise<T | null>): Promise<T | null>;
}

/** Beyond, everything is forgotten, as in the cache of rows. */
const MOST_ENTRIES = 5000;

/** @param tables every table that the work reads: one that is missing here would be believed for too long. */
export function remembered<T>(reader: VersionedReader, tables: readonly string[]): Remembered<T> {
  const entries = new Map<string, { readonly version: number; readonly value: T }>();
  return {
    known(key) {
      const entry = entries.get(key);
      return entry !== undefined && entry.version === reader.version(tables) ? entry.value : null;
    },
    async find(key, work) {
      // Of before the work: what is written meanwhile makes it doubtful.
      const version = reader.version(tables);
      const value = await work();
      if (version === null || value === null) return value;
      if (entries.size >= MOST_ENTRIES) entries.clear();
      entries.set(key, { version, value });
      return value;
    },
  };
}
