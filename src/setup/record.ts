import { Fault } from "../core/fault.ts";
import { isJsonObject } from "../core/json-object.ts";
import type { EpochSeconds } from "../core/time.ts";
import type { Plan, Step } from "./plan.ts";
import type { Facts } from "./provisioner.ts";

/**
 * What was done for a plan, kept so that it can go on after a crash and be undone to the letter.
 *
 * A step is `begun` before its provisioner is called and `done` after: what is `begun` in a record that is read back may or
 * may not have happened, and is applied again. `left` was to be undone but had been changed by somebody.
 */
export type StepProgress = "begun" | "done" | "left";

export interface RecordedStep {
  /** `before` is the state before brevet came, however often the step was applied with another `after` since. */
  readonly step: Step;
  readonly progress: StepProgress;
  readonly facts: Facts;
  /** For a step that is begun again: what the earlier run made, which may still be so. */
  readonly formerAfter?: string | null;
}

export interface PlanRecord {
  readonly version: 1;
  readonly id: string;
  readonly title: string;
  /** What was typed for it last, as a whole command. Records of versions before 0.1.0 do not have it. */
  readonly command?: string;
  readonly changedAt: EpochSeconds;
  /** Counts the runs of all setups of this machine: of two records that of the later run has the higher one. */
  readonly sequence: number;
  /** In the order in which they were applied. */
  readonly steps: readonly RecordedStep[];
  /** Why the last run did not come to its end; absent when it did, and when the process was ended. */
  readonly stopped?: Stop;
  /** It is being made: steps of its setup are still to come that are not listed yet. */
  readonly making?: true;
  /** It is being undone: what its steps list is still there, and an `unsetup` that stopped was to go on. */
  readonly leaving?: true;
}

/** What a run met, in the words of its fault: like every fault's, they hold no secret. */
export interface Stop {
  /** What the step does at which it stopped. */
  readonly at: string;
  readonly code: string;
  readonly message: string;
  readonly hints: readonly string[];
}

/** The PlanRecords port: where records are kept between runs. Names are the ids of plans. */
export interface PlanRecords {
  /** null when there is none. @throws {Fault} `STORE_ENTRY_DAMAGED` for a record that cannot be read. */
  load(id: string): Promise<PlanRecord | null>;
  /** Replaces the record as a whole. @throws {Fault} `FILE_UNWRITABLE` */
  save(record: PlanRecord): Promise<void>;
  remove(id: string): Promise<void>;
  /** The ids of all records, sorted. */
  list(): Promise<readonly string[]>;
  /** Runs `work` while no other process applies or undoes that plan. @throws {Fault} `LOCK_TIMEOUT` */
  withLock<T>(id: string, work: () => Promise<T>): Promise<T>;
}

/** The records of all setups but that one; those that cannot be read say nothing. @param id null: of all. */
export async function otherRecords(id: string | null, records: PlanRecords): Promise<readonly PlanRecord[]> {
  const others = (await records.list()).filter((other) => other !== id);
  const loaded = await Promise.all(others.map((other) => loadReadable(other, records)));
  return loaded.filter((record) => record !== null);
}

async function loadReadable(id: string, records: PlanRecords): Promise<PlanRecord | null> {
  try {
    return await records.load(id);
  } catch (cause) {
    if (cause instanceof Fault && cause.code === "STORE_ENTRY_DAMAGED") return null;
    throw cause;
  }
}

/** Saves a record; an empty one is removed. */
export async function saveRecord(record: PlanRecord, records: PlanRecords): Promise<PlanRecord> {
  if (record.steps.length === 0) await records.remove(record.id);
  else await records.save(record);
  return record;
}

/** A record with which nothing was done yet. */
export function emptyRecord(plan: Plan, now: EpochSeconds): PlanRecord {
  return { version: 1, id: plan.id, title: plan.title, changedAt: now, sequence: 0, steps: [] };
}

/** The record as that of the latest run. */
export function asLatest(record: PlanRecord, others: readonly PlanRecord[]): PlanRecord {
  const latest = Math.max(0, ...others.map(({ sequence }) => sequence));
  return record.sequence > latest ? record : { ...record, sequence: latest + 1 };
}

/** How a step is recorded before it is applied, given how an earlier run recorded it. */
export function begin(step: Step, earlier: RecordedStep | undefined): RecordedStep {
  if (earlier === undefined || earlier.progress === "left") return { step, progress: "begun", facts: {} };
  return {
    step: { ...made(step), before: earlier.step.before },
    progress: "begun",
    facts: earlier.facts,
    ...(earlier.step.after === step.after ? {} : { formerAfter: earlier.step.after }),
  };
}

/**
 * How a step is recorded that finds everything done; null when it is not ours. A thing that is ours without a record was made by
 * a run whose record was lost, so it did not exist before. One that its record does not describe was changed by hand to what is
 * wanted now.
 */
export function adopt(step: Step, earlier: RecordedStep | undefined): RecordedStep | null {
  const done = earlier?.progress === "done" ? earlier : null;
  if (step.owner !== "ours" || (done?.step.after === step.after && done.step.asked === step.asked)) return done;
  return { step: { ...made(step), before: done?.step.before ?? null }, progress: "done", facts: done?.facts ?? {} };
}

/** A step that finds everything done, in the words of the run that did it: undoing must not say that it undoes a "keep". */
function made(step: Step): Step {
  return { ...step, does: step.does.replace(/^keep /, "create ") };
}

/** The record with one step replaced, or added at the end. */
export function withStep(record: PlanRecord, recorded: RecordedStep, now: EpochSeconds): PlanRecord {
  const isThere = record.steps.some(({ step }) => step.id === recorded.step.id);
  const steps = isThere
    ? record.steps.map((other) => (other.step.id === recorded.step.id ? recorded : other))
    : [...record.steps, recorded];
  return { ...record, changedAt: now, steps };
}

/** The record without a step. */
export function withoutStep(record: PlanRecord, id: string, now: EpochSeconds): PlanRecord {
  return { ...record, changedAt: now, steps: record.steps.filter(({ step }) => step.id !== id) };
}

/** The record with why its run stopped; null: it has not. */
export function withStop({ stopped: _, ...record }: PlanRecord, stop: Stop | null): PlanRecord {
  return stop === null ? record : { ...record, stopped: stop };
}

/** The record at the beginning of a run: what stopped an earlier one counts no more. */
export function beginning(record: PlanRecord, run: "making" | "leaving"): PlanRecord {
  return { ...ended(record), [run]: true };
}

/** The record as a run came to its end. */
export function ended({ making: _, leaving: __, ...record }: PlanRecord): PlanRecord {
  return withStop(record, null);
}

/** The text of a record's file. */
export function encodeRecord(record: PlanRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** @throws {Fault} `STORE_ENTRY_DAMAGED` for anything that {@link encodeRecord} did not write. */
export function parseRecord(text: string, name: string): PlanRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged(name, cause);
  }
  // Records of versions before 0.1.0 do not count runs.
  const record: unknown = isJsonObject(value) ? { ...value, sequence: value["sequence"] ?? 0 } : value;
  if (!isRecord(record)) throw damaged(name, undefined);
  return record;
}

function isRecord(value: unknown): value is PlanRecord {
  if (!isJsonObject(value) || value["version"] !== 1 || !Number.isSafeInteger(value["changedAt"])) return false;
  if (!Number.isSafeInteger(value["sequence"])) return false;
  const { id, title, command = "", steps, stopped, making = true, leaving = true } = value;
  if (typeof command !== "string" || making !== true || leaving !== true) return false;
  if (stopped !== undefined && !isStop(stopped)) return false;
  return typeof id === "string" && typeof title === "string" && Array.isArray(steps) && steps.every(isRecordedStep);
}

function isStop(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const { at, code, message, hints } = value;
  return Array.isArray(hints) && [at, code, message, ...hints].every((text) => typeof text === "string");
}

function isRecordedStep(value: unknown): boolean {
  if (!isJsonObject(value) || !isJsonObject(value["step"]) || !isTexts(value["facts"])) return false;
  const { id, does, kind, owner, address, before, after } = value["step"];
  return (
    ["begun", "done", "left"].includes(String(value["progress"])) &&
    [id, does, kind].every((text) => typeof text === "string") &&
    ["ours", "theirs", "nobody"].includes(String(owner)) &&
    isTexts(address) &&
    [before, after, value["formerAfter"] ?? null].every((state) => state === null || typeof state === "string")
  );
}

function isTexts(value: unknown): boolean {
  return isJsonObject(value) && Object.values(value).every((text) => typeof text === "string");
}

function damaged(name: string, cause: unknown): Fault {
  return new Fault("STORE_ENTRY_DAMAGED", `the record of the setup ${name} cannot be read`, {
    cause,
    hints: ["what that setup made has to be removed by hand"],
  });
}
