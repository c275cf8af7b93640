import type { EpochSeconds } from "../../core/time.ts";
import { integer } from "../store/database.ts";
import type { Unit } from "../store/unit.ts";
import type { Author } from "./event.ts";
import { parseCursor, requireKept } from "./export.ts";
import type { Holder } from "./retention.ts";

/** The administrator who says that exports are kept elsewhere. */
export const CONFIRMED: Holder = { name: "an export that an administrator has confirmed", cursor: "audit-confirmed" };

/**
 * Collects that an administrator keeps the log, up to a cursor, in a safe place: rows before the cursor may be cut once they are
 * old enough.
 *
 * @returns when the last checkpoint was made that they have; null: they have none.
 * @throws {Fault} `CURSOR_INVALID` for one of another log; `AUDIT_CUT` for one behind which rows were cut.
 */
export async function confirmExport(unit: Unit, cursor: string, by: Author): Promise<EpochSeconds | null> {
  const progress = parseCursor(cursor);
  await requireKept(unit, progress);
  const [checkpoint] = await unit.read("SELECT at FROM checkpoint WHERE number = ?", [progress.checkpoint]);
  unit.write("INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", [
    CONFIRMED.cursor,
    cursor,
  ]);
  unit.record({ name: "audit.confirmed", ...by, details: { checkpoint: progress.checkpoint } });
  return checkpoint === undefined ? null : integer(checkpoint, "at");
}
