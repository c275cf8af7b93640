import type { Fault } from "../../core/fault.ts";
import type { AuditEvent } from "../audit/event.ts";
import type { Reader, SqlValue } from "./database.ts";

/** A statement that waits for its unit to be committed. */
export interface Write {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** A statement that has to change exactly one row, and what it means that it did not. */
export interface Claim extends Write {
  readonly lost: () => Fault;
  /** Inserts its row together with those of other units; null for a claim that inserts no row. */
  readonly insert: RowInsert | null;
}

/** The statement that inserts that many rows, except those that exist. */
export type RowInsert = (rows: number) => string;

/** A table's insert, made once: units that share it share the statement. Names are our own words, never a client's. */
export function rowInsert(table: string, columns: readonly string[]): RowInsert {
  const row = `(${columns.map(() => "?").join(", ")})`;
  const head = `INSERT INTO ${table} (${columns.join(", ")}) VALUES`;
  return (rows) => `${head} ${Array.from({ length: rows }, () => row).join(", ")} ON CONFLICT DO NOTHING`;
}

/** What one request will have changed, and what it will have recorded of it. */
export interface Work {
  readonly claims: readonly Claim[];
  readonly writes: readonly Write[];
  readonly events: readonly AuditEvent[];
}

/**
 * One unit of work: a request reads what is committed, collects what it wants to change, and commits it together with its audit
 * events before the answer is sent. What was collected and not committed never happened.
 */
export interface Unit extends Reader {
  /** Collects a statement. */
  write(sql: string, values: readonly SqlValue[]): void;
  /**
   * Collects a statement that has to change exactly one row when it is committed: the one way to use something once. Of two
   * units that claim the same, on whatever instance, one is committed; the other raises `lost` from {@link commit}, and nothing
   * of it is kept.
   */
  claim(sql: string, values: readonly SqlValue[], lost: () => Fault): void;
  /** A {@link claim} that is a new row. Of units that are committed together, all such rows are made at once. */
  claimRow(insert: RowInsert, values: readonly SqlValue[], lost: () => Fault): void;
  /** Collects an audit event. */
  record(event: AuditEvent): void;
  /**
   * Makes everything that was collected durable, as a whole, and starts afresh. Costs nothing when nothing was collected.
   *
   * @throws {Fault} of the first claim that was lost; `DATABASE_UNAVAILABLE`.
   */
  commit(): Promise<void>;
  /** Forgets what was collected. */
  discard(): void;
}

/** A new unit over a reader; `commit` takes what it collected. */
export function openUnit(reader: Reader, commit: (work: Work) => Promise<void>): Unit {
  let claims: Claim[] = [];
  let writes: Write[] = [];
  let events: AuditEvent[] = [];
  const take = (): Work => {
    const work = { claims, writes, events };
    [claims, writes, events] = [[], [], []];
    return work;
  };
  return {
    read: (sql, values) => reader.read(sql, values),
    write: (sql, values) => void writes.push({ sql, values }),
    claim: (sql, values, lost) => void claims.push({ sql, values, lost, insert: null }),
    claimRow: (insert, values, lost) => void claims.push({ sql: insert(1), values, lost, insert }),
    record: (event) => void events.push(event),
    commit() {
      const work = take();
      return work.claims.length + work.writes.length + work.events.length > 0 ? commit(work) : Promise.resolve();
    },
    discard: () => void take(),
  };
}
