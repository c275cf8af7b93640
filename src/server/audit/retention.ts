import { setImmediate } from "node:timers/promises";
import { Fault } from "../../core/fault.ts";
import { readOwnJson } from "../../core/json-object.ts";
import { type EpochSeconds, formatDuration, formatUtc } from "../../core/time.ts";
import type { Seal } from "../keys/seal.ts";
import type { Job } from "../maintenance.ts";
import type { Storage } from "../open-storage.ts";
import { integer, type Reader, text } from "../store/database.ts";
import { addCheckpoint, type Checkpoint } from "./checkpoint.ts";
import { moveCut, readCut, sweepCut } from "./cut.ts";
import { NOBODY } from "./event.ts";
import { covers, type Progress, parseCursor, progressAt } from "./export.ts";

/** Those that must have a row before it is cut. */
export interface Holder {
  /** For people. */
  readonly name: string;
  /** The setting in the database that says, as a cursor, how far they have the log. */
  readonly cursor: string;
}

/** What the log is cut by. */
export interface RetentionParts {
  readonly storage: Pick<Storage, "read" | "clock" | "openUnit">;
  readonly seal: Seal;
  /** How long rows are kept. */
  readonly keepSeconds: number;
  readonly holders: readonly Holder[];
  /** Is told for how long rows have been kept beyond their time because a holder has not got them; 0: none is. */
  readonly overdue: (seconds: number) => void;
}

const EVERY_SECONDS = 3600;

/**
 * Cuts what is older than rows are kept off the beginning of the log: up to a checkpoint, which names the last row of every chain that goes. The
 * next checkpoint says so and is signed, so that an export that begins there verifies, and one that anybody else has cut does not.
 *
 * No row is cut that a holder does not have yet: this is reported by `AUDIT_HELD`, and tried again.
 */
export function retentionJob({ storage, seal, keepSeconds, holders, overdue }: RetentionParts): Job {
  return {
    name: "audit retention",
    everySeconds: EVERY_SECONDS,
    atStart: true,
    async run(own, isStopped = () => false) {
      const now = (await storage.clock()) ?? own;
      const before = now - keepSeconds;
      const from = await readCut(storage);
      const found = await findCut(storage, from, { before, holders: await readHolders(storage, holders), isStopped });
      if (found.body !== null) {
        const unit = storage.openUnit();
        const cut = moveCut(unit, { before: from, body: found.body, closed: found.closed });
        await addCheckpoint(storage, unit, { seal, now, cut });
        const { at } = readOwnJson<Checkpoint>(found.body);
        const details = { checkpoint: cut.number, until: formatUtc(at), kept: formatDuration(keepSeconds) };
        unit.record({ name: "audit.cut", ...NOBODY, details });
        await unit.commit();
      }
      await sweepCut({ reader: storage, openUnit: storage.openUnit, isStopped });
      overdue(found.held === null ? 0 : before - found.held.at);
      if (found.held !== null) throw heldBack(found.held, keepSeconds);
    },
  };
}

interface FoundCut {
  /** Of the last checkpoint up to which the log may be cut; null: nothing may. */
  readonly body: string | null;
  /** Chains that end before it. */
  readonly closed: readonly string[];
  /** The holder that keeps more from being cut, and the age of those rows; null: none. */
  readonly held: { readonly name: string; readonly at: EpochSeconds } | null;
}

interface CutBounds {
  readonly before: EpochSeconds;
  readonly holders: readonly { readonly name: string; readonly progress: Progress }[];
  readonly isStopped: () => boolean;
}

/** Checkpoints of one read. */
const READ_AT_ONCE = 200;

async function findCut(reader: Reader, from: Checkpoint | null, { before, holders, isStopped }: CutBounds): Promise<FoundCut> {
  const closed: string[] = [];
  let last = from;
  let body: string | null = null;
  for await (const next of checkpointBodies(reader, from?.number ?? 0)) {
    const checkpoint = readOwnJson<Checkpoint>(next);
    if (checkpoint.at >= before || isStopped()) break;
    const holder = holders.find(({ progress }) => !covers(progress, progressAt(checkpoint)));
    if (holder !== undefined) return { body, closed, held: { name: holder.name, at: checkpoint.at } };
    closed.push(...(last?.heads ?? []).flatMap((head) => (head.closed ? [head.chain] : [])));
    last = checkpoint;
    // By the first checkpoint an export shows that nothing was cut.
    if (checkpoint.number > 1) body = next;
  }
  return { body, closed, held: null };
}

async function* checkpointBodies(reader: Reader, after: number): AsyncGenerator<string> {
  for (let number = after; ; ) {
    const rows = await reader.read("SELECT number, body FROM checkpoint WHERE number > ? ORDER BY number LIMIT ?", [
      number,
      READ_AT_ONCE,
    ]);
    for (const row of rows) yield text(row, "body");
    const last = rows.at(-1);
    if (last === undefined) return;
    number = integer(last, "number");
    await setImmediate();
  }
}

async function readHolders(reader: Reader, holders: readonly Holder[]): Promise<CutBounds["holders"]> {
  return Promise.all(
    holders.map(async ({ name, cursor }) => {
      const [row] = await reader.read("SELECT value FROM setting WHERE name = ?", [cursor]);
      return { name, progress: row === undefined ? { chains: {}, checkpoint: 0 } : parseCursor(text(row, "value")) };
    }),
  );
}

function heldBack({ name, at }: NonNullable<FoundCut["held"]>, keepSeconds: number): Fault {
  return new Fault(
    "AUDIT_HELD",
    `the audit log from ${formatUtc(at)} on is kept beyond ${formatDuration(keepSeconds)}: ${name} does not have it yet`,
  );
}
