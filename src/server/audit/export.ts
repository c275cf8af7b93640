import { textOf } from "../../core/bytes.ts";
import { Fault } from "../../core/fault.ts";
import { readOwnJson } from "../../core/json-object.ts";
import { type EpochSeconds, formatUtc } from "../../core/time.ts";
import { decodeBase64url } from "../../wire/jwt/base64url.ts";
import { integer, type Reader, type Row, text } from "../store/database.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { readCut } from "./cut.ts";
import { ocsfEvent, type RowBody } from "./ocsf.ts";

/** A part of the audit log, as lines of JSON. */
export interface AuditPage {
  readonly lines: readonly string[];
  /** Where the next page begins; unchanged when there was nothing. */
  readonly cursor: string;
}

/** The line after which a log is given from its beginning: an export that verifies on its own. */
export function exportBegins(now: EpochSeconds): string {
  return JSON.stringify({ export: "begins", time: now * 1000 });
}

/** How far each chain, and the checkpoints, were read. Instances write at their own pace, so no single number could say it. */
export interface Progress {
  readonly chains: Readonly<Record<string, number>>;
  readonly checkpoint: number;
}

/**
 * The rows and checkpoints behind a cursor. Nothing is left out and nothing comes twice, whatever is written meanwhile. A checkpoint
 * comes when every row that it names has come.
 *
 * @param cursor what the last page gave; null: from the beginning, which is where the log was cut.
 * @throws {Fault} `CURSOR_INVALID`, also for one that is ahead of the log; `AUDIT_CUT` where rows behind the cursor are not there any more.
 */
export async function exportAudit(reader: Reader, cursor: string | null, limit: number): Promise<AuditPage> {
  const begin = await logBegin(reader);
  const progress = cursor === null ? begin.progress : parseCursor(cursor);
  requireBehindCut(progress, begin);
  if (cursor !== null) await requireNotAhead(reader, progress);
  const page = await readBehind(reader, progress, limit);
  // What was cut while the page was read may be missing in it.
  return (await logBegin(reader)).progress.checkpoint === begin.progress.checkpoint ? page : exportAudit(reader, cursor, limit);
}

async function readBehind(reader: Reader, progress: Progress, limit: number): Promise<AuditPage> {
  // Checkpoints first: the rows that one names were committed before it, so what is read afterwards has them.
  const checkpoints = await reader.read(
    "SELECT number, body, signature FROM checkpoint WHERE number > ? ORDER BY number LIMIT ?",
    [progress.checkpoint, limit],
  );
  const chains = await reader.read("SELECT chain, position FROM audit_chain ORDER BY chain");
  const read: Record<string, number> = {};
  const lines: string[] = [];
  for (const each of chains) {
    const chain = text(each, "chain");
    const before = progress.chains[chain] ?? 0;
    if (before > 0) read[chain] = before;
    if (lines.length >= limit || integer(each, "position") <= before) continue;
    const rows = await reader.read(
      "SELECT position, body, previous, digest FROM audit_row WHERE chain = ? AND position > ? ORDER BY position LIMIT ?",
      [chain, before, limit - lines.length],
    );
    for (const row of rows) lines.push(rowLine(row));
    read[chain] = integer(rows.at(-1) ?? each, "position");
  }
  let { checkpoint } = progress;
  for (const row of checkpoints) {
    const body = text(row, "body");
    if (!covers({ chains: read, checkpoint: Number.MAX_SAFE_INTEGER }, progressAt(readOwnJson<Checkpoint>(body)))) break;
    lines.push(JSON.stringify({ checkpoint: body, signature: text(row, "signature") }));
    checkpoint = integer(row, "number");
  }
  return { lines, cursor: writeCursor({ chains: read, checkpoint }) };
}

/** Whether a reader who has come as far as `read` has everything up to `wanted`. */
export function covers(read: Progress, wanted: Progress): boolean {
  return (
    read.checkpoint >= wanted.checkpoint &&
    Object.entries(wanted.chains).every(([chain, position]) => (read.chains[chain] ?? 0) >= position)
  );
}

/** How far a reader has come who has a checkpoint and all that it names. */
export function progressAt({ number, heads }: Checkpoint): Progress {
  return { checkpoint: number, chains: Object.fromEntries(heads.map(({ chain, position }) => [chain, position])) };
}

/** @throws {Fault} `AUDIT_CUT` when rows behind what was read are not kept any more; `CURSOR_INVALID` when it is ahead of the log. */
export async function requireKept(reader: Reader, read: Progress): Promise<void> {
  requireBehindCut(read, await logBegin(reader));
  await requireNotAhead(reader, read);
}

/**
 * A reader who is ahead has read another log, or days that were lost when this one was restored from a backup: its end is not
 * theirs.
 */
async function requireNotAhead(reader: Reader, { chains, checkpoint }: Progress): Promise<void> {
  const rows = await reader.read("SELECT chain, position FROM audit_chain");
  const ends = new Map(rows.map((row) => [text(row, "chain"), integer(row, "position")]));
  const [last] = await reader.read("SELECT COALESCE(MAX(number), 0) AS number FROM checkpoint");
  const isBehind = Object.entries(chains).every(([chain, position]) => position <= (ends.get(chain) ?? position));
  if (isBehind && last !== undefined && checkpoint <= integer(last, "number")) return;
  throw new Fault("CURSOR_INVALID", "the cursor is ahead of this log, so it is of another one", {
    hints: ["if the server was restored from a backup, begin a new export: without a cursor, or with another file for `--state`"],
  });
}

/** The cursor at which a cut log begins, for a reader that continues where rows are missing. */
export async function beginCursor(reader: Reader): Promise<string> {
  return writeCursor((await logBegin(reader)).progress);
}

interface LogBegin {
  readonly progress: Progress;
  /** When the checkpoint was made that it begins with; 0: it was never cut. */
  readonly at: EpochSeconds;
}

/** The first checkpoint that is kept tells where the log was cut: behind all that it names. */
async function logBegin(reader: Reader): Promise<LogBegin> {
  const cut = await readCut(reader);
  if (cut === null) return { progress: { chains: {}, checkpoint: 0 }, at: 0 };
  const { checkpoint, chains } = progressAt(cut);
  return { progress: { checkpoint: checkpoint - 1, chains }, at: cut.at };
}

function requireBehindCut(read: Progress, { progress, at }: LogBegin): void {
  if (covers(read, progress)) return;
  throw new Fault("AUDIT_CUT", `rows behind this cursor are not kept any more: the log was cut at ${formatUtc(at)}`, {
    hints: ["begin a new export: without a cursor, or with another file for `--state`; it verifies by itself"],
  });
}

function rowLine(row: Row): string {
  const raw = text(row, "body");
  return JSON.stringify(ocsfEvent(JSON.parse(raw) as RowBody, raw, text(row, "previous"), text(row, "digest")));
}

function writeCursor(progress: Progress): string {
  return Buffer.from(JSON.stringify(progress)).toString("base64url");
}

/** How far a cursor says that was read. @throws {Fault} `CURSOR_INVALID` */
export function parseCursor(cursor: string): Progress {
  try {
    const value = JSON.parse(textOf(decodeBase64url(cursor) ?? new Uint8Array())) as Progress;
    const numbers = [value.checkpoint, ...Object.values(value.chains)];
    if (numbers.every((number) => Number.isSafeInteger(number) && number >= 0)) return value;
  } catch {
    // Refused below, like any other text that is not a cursor.
  }
  throw new Fault("CURSOR_INVALID", "the cursor is none that an export of the audit log gave");
}
