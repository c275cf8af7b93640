import { Fault } from "../../core/fault.ts";
import { decodeBase64url } from "../../wire/jwt/base64url.ts";
import { integer, type Reader, type Row, text } from "../store/database.ts";
import { ocsfEvent, type RowBody } from "./ocsf.ts";

/** A part of the audit log, as lines of JSON. */
export interface AuditPage {
  readonly lines: readonly string[];
  /** Where the next page begins; the same as before when there was nothing. */
  readonly cursor: string;
}

/** How far each chain, and the checkpoints, were read. Instances write at their own pace, so no single number could say it. */
interface Progress {
  readonly chains: Readonly<Record<string, number>>;
  readonly checkpoint: number;
}

const START: Progress = { chains: {}, checkpoint: 0 };

/**
 * The rows and checkpoints behind a cursor. Nothing is left out and nothing comes twice, whatever is written meanwhile.
 *
 * @param cursor what the last page gave; null: from the beginning.
 * @throws {Fault} `CURSOR_INVALID`
 */
export async function exportAudit(reader: Reader, cursor: string | null, limit: number): Promise<AuditPage> {
  const progress = cursor === null ? START : parseCursor(cursor);
  // Checkpoints first: what one names was committed before it, and so is in what is read after.
  const checkpoints = await reader.read("SELECT * FROM checkpoint WHERE number > ? ORDER BY number LIMIT ?", [
    progress.checkpoint,
    limit,
  ]);
  const chains = await reader.read("SELECT chain, position FROM audit_chain ORDER BY chain");
  const read: Record<string, number> = { ...progress.chains };
  const lines: string[] = [];
  for (const each of chains) {
    const chain = text(each, "chain");
    if (lines.length >= limit || integer(each, "position") <= (read[chain] ?? 0)) continue;
    const rows = await reader.read("SELECT * FROM audit_row WHERE chain = ? AND position > ? ORDER BY position LIMIT ?", [
      chain,
      read[chain] ?? 0,
      limit - lines.length,
    ]);
    for (const row of rows) lines.push(rowLine(row));
    read[chain] = integer(rows.at(-1) ?? each, "position");
  }
  for (const row of checkpoints) lines.push(JSON.stringify({ checkpoint: text(row, "body"), signature: text(row, "signature") }));
  const last = checkpoints.at(-1);
  const next: Progress = { chains: read, checkpoint: last === undefined ? progress.checkpoint : integer(last, "number") };
  return { lines, cursor: Buffer.from(JSON.stringify(next)).toString("base64url") };
}

function rowLine(row: Row): string {
  const raw = text(row, "body");
  return JSON.stringify(ocsfEvent(JSON.parse(raw) as RowBody, raw, text(row, "previous"), text(row, "digest")));
}

function parseCursor(cursor: string): Progress {
  try {
    const value = JSON.parse((decodeBase64url(cursor) ?? "").toString()) as Progress;
    const numbers = [value.checkpoint, ...Object.values(value.chains)];
    if (numbers.every((number) => Number.isSafeInteger(number) && number >= 0)) return value;
  } catch {
    // Told below, like any other text that is no cursor.
  }
  throw new Fault("CURSOR_INVALID", "the cursor is none that an export of the audit log gave");
}
