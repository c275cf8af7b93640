import { Fault } from "../../core/fault.ts";
import { readOwnJson } from "../../core/json-object.ts";
import { type Reader, text } from "../store/database.ts";
import { sweepRows } from "../store/sweep.ts";
import type { Unit } from "../store/unit.ts";
import { type Checkpoint, checkpointDigest, type LogCut } from "./checkpoint.ts";

/** The number of the checkpoint that the log begins with. */
const CUT = "audit-cut";

/**
 * Where the log was cut: the first checkpoint that is kept; null for a log that was never cut.
 *
 * @throws {Fault} `AUDIT_BROKEN` when that checkpoint is not there: the server removes only rows before it.
 */
export async function readCut(reader: Reader): Promise<Checkpoint | null> {
  const [setting] = await reader.read("SELECT value FROM setting WHERE name = ?", [CUT]);
  if (setting === undefined) return null;
  const number = Number(text(setting, "value"));
  const [row] = await reader.read("SELECT body FROM checkpoint WHERE number = ?", [number]);
  if (row !== undefined) return readOwnJson<Checkpoint>(text(row, "body"));
  throw new Fault(
    "AUDIT_BROKEN",
    `the audit log is not whole: it begins with checkpoint ${number}, which is not in the database`,
    {
      hints: [
        "somebody has removed it by hand; what was exported or pushed before verifies by itself: `brevet audit verify`",
        "a backup from before that has it: `brevet serve restore`",
      ],
    },
  );
}

/**
 * Collects that the log begins with a later checkpoint. Rows go afterwards, by {@link sweepCut}: from this moment nobody is given them.
 *
 * @param closed chains that ended before it and that it does not name: nothing of them is left.
 * @returns what the next checkpoint has to say, in the same unit: without its signature nobody takes the log for whole.
 */
export function moveCut(
  unit: Unit,
  { before, body, closed }: { readonly before: Checkpoint | null; readonly body: string; readonly closed: Iterable<string> },
): LogCut {
  const { number } = readOwnJson<Checkpoint>(body);
  const lost = (): Fault => new Fault("ALREADY_USED", "another instance has cut the audit log");
  if (before === null) {
    unit.claim("INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", [CUT, String(number)], lost);
  } else {
    const values = [String(number), CUT, String(before.number)];
    unit.claim("UPDATE setting SET value = ? WHERE name = ? AND value = ?", values, lost);
  }
  for (const chain of closed) unit.write("DELETE FROM audit_chain WHERE chain = ? AND closed = 1", [chain]);
  return { number, digest: checkpointDigest(body) };
}

/** Removes all rows before the cut. What a stopped run has left is removed by the next. */
export async function sweepCut(parts: Parameters<typeof sweepRows>[0]): Promise<void> {
  const cut = await readCut(parts.reader);
  if (cut === null) return;
  const heads = new Map(cut.heads.map(({ chain, position }) => [chain, position]));
  for (let chain = ""; ; ) {
    const [row] = await parts.reader.read("SELECT chain FROM audit_row WHERE chain > ? ORDER BY chain LIMIT 1", [chain]);
    if (row === undefined || parts.isStopped()) break;
    chain = text(row, "chain");
    const [kept] = await parts.reader.read("SELECT 1 AS one FROM audit_chain WHERE chain = ?", [chain]);
    // A row is committed with its chain, so one without was cut with it.
    const last = kept === undefined ? Number.MAX_SAFE_INTEGER : (heads.get(chain) ?? 0);
    await sweepRows(parts, {
      table: "audit_row",
      key: "chain, position",
      where: "chain = ? AND position <= ?",
      values: [chain, last],
    });
  }
  await sweepRows(parts, { table: "checkpoint", key: "number", where: "number < ?", values: [cut.number] });
}
