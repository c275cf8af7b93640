import { setImmediate } from "node:timers/promises";
import type { Reader, SqlValue } from "./database.ts";
import type { Unit } from "./unit.ts";

/** Rows that one unit removes: few enough that others do not notice the wait. */
const SWEPT_AT_ONCE = 200;

/** Which rows of a table are not wanted any more. Names and conditions are our own words. */
export interface Swept {
  readonly table: string;
  /** The columns of its primary key. */
  readonly key: string;
  readonly where: string;
  readonly values: readonly SqlValue[];
}

/**
 * Removes rows in small units, with turns for everybody else between them, until none is left or the server stops.
 *
 * @throws {Fault} `DATABASE_UNAVAILABLE`; what was removed by then is gone.
 */
export async function sweepRows(
  { reader, openUnit, isStopped }: { readonly reader: Reader; readonly openUnit: () => Unit; readonly isStopped: () => boolean },
  { table, key, where, values }: Swept,
): Promise<void> {
  while (!isStopped() && (await reader.read(`SELECT 1 AS one FROM ${table} WHERE ${where} LIMIT 1`, values)).length > 0) {
    const unit = openUnit();
    const some = `SELECT ${key} FROM ${table} WHERE ${where} LIMIT ${SWEPT_AT_ONCE}`;
    unit.write(`DELETE FROM ${table} WHERE (${key}) IN (${some})`, values);
    await unit.commit();
    await setImmediate();
  }
}
