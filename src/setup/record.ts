import { Fault } from "../core/fault.ts";
import type { EpochSeconds } from "../core/time.ts";
import { effectOf, type Plan, type Step } from "./plan.ts";
import type { Facts } from "./provisioner.ts";

/**
 * What was done for a plan, kept so that it can go on after a crash and be undone to the letter.
 *
 * A step is `begun` before its provisioner is called and `done` after: what is `begun` in a record that is read back may or
 * may not have happened, and is applied again. `left` was to be undone but had been changed by somebody.
 */
export type StepProgress = "planned" | "begun" | "done" | "left";

export interface RecordedStep {
  readonly step: Step;
  readonly progress: StepProgress;
  readonly facts: Facts;
}

export interface PlanRecord {
  readonly version: 1;
  readonly id: string;
  readonly title: string;
  readonly changedAt: EpochSeconds;
  readonly steps: readonly RecordedStep[];
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
}

/**
 * The record with which applying a plan begins. What an earlier run recorded stays: the state before brevet came is the
 * earlier run's, and what it made is still ours to take away, even if this plan does not speak of it.
 */
export function beginRecord(plan: Plan, earlier: PlanRecord | null, now: EpochSeconds): PlanRecord {
  const before = new Map(earlier?.steps.map((recorded) => [recorded.step.id, recorded]));
  const planned = plan.steps.flatMap((step) => beginStep(step, before.get(step.id)));
  const named = new Set(plan.steps.map(({ id }) => id));
  const kept = earlier?.steps.filter(({ step }) => !named.has(step.id)) ?? [];
  return { version: 1, id: plan.id, title: plan.title, changedAt: now, steps: [...kept, ...planned] };
}

function beginStep(step: Step, earlier: RecordedStep | undefined): readonly RecordedStep[] {
  if (earlier !== undefined && earlier.progress !== "planned" && earlier.progress !== "left") {
    if (effectOf(step) === "keep" && earlier.progress === "done") return [earlier];
    return [{ step: { ...step, before: earlier.step.before }, progress: "planned", facts: earlier.facts }];
  }
  if (effectOf(step) !== "keep") return [{ step, progress: "planned", facts: {} }];
  // Ours, though nothing was recorded: the record was lost. It was made by us, so it did not exist before.
  return step.owner === "ours" ? [{ step: { ...step, before: null }, progress: "done", facts: {} }] : [];
}

/** The record with one step's progress changed. */
export function withProgress(
  record: PlanRecord,
  id: string,
  change: Partial<Pick<RecordedStep, "progress" | "facts">>,
  now: EpochSeconds,
): PlanRecord {
  const steps = record.steps.map((recorded) => (recorded.step.id === id ? { ...recorded, ...change } : recorded));
  return { ...record, changedAt: now, steps };
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
  if (!isRecord(value)) throw damaged(name, undefined);
  return value;
}

function isRecord(value: unknown): value is PlanRecord {
  if (!isObject(value) || value["version"] !== 1 || !Number.isSafeInteger(value["changedAt"])) return false;
  const { id, title, steps } = value;
  return typeof id === "string" && typeof title === "string" && Array.isArray(steps) && steps.every(isRecordedStep);
}

function isRecordedStep(value: unknown): boolean {
  if (!isObject(value) || !isObject(value["step"]) || !isTexts(value["facts"])) return false;
  const { id, does, kind, owner, address, before, after } = value["step"];
  return (
    ["planned", "begun", "done", "left"].includes(String(value["progress"])) &&
    [id, does, kind].every((text) => typeof text === "string") &&
    ["ours", "theirs", "nobody"].includes(String(owner)) &&
    isTexts(address) &&
    [before, after].every((state) => state === null || typeof state === "string")
  );
}

function isTexts(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((text) => typeof text === "string");
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function damaged(name: string, cause: unknown): Fault {
  return new Fault("STORE_ENTRY_DAMAGED", `the record of the setup ${name} cannot be read`, {
    cause,
    hints: ["what that setup made has to be taken away by hand"],
  });
}
