import { Fault } from "../core/fault.ts";
import type { Terminal } from "../core/terminal.ts";
import type { Clock } from "../core/time.ts";
import { effectOf, type Plan, type Step } from "../setup/plan.ts";
import type { Facts, Provisioner } from "../setup/provisioner.ts";
import { beginRecord, type PlanRecord, type PlanRecords, type RecordedStep, withProgress } from "../setup/record.ts";

export interface PlanPorts {
  /** @throws {Fault} `KIND_UNKNOWN` */
  readonly provisionerFor: (kind: string) => Promise<Provisioner>;
  readonly records: PlanRecords;
  readonly clock: Clock;
  readonly progress: Terminal["progress"];
}

/**
 * Applies a plan step by step, and records each step before and after it is applied. A plan that stopped in the middle goes
 * on when it is made and applied again: what is done comes out as "keep", and the record of the first run is continued.
 *
 * @returns the record that {@link undoPlan} takes.
 * @throws {Fault} `PLAN_INTERRUPTED` when a step fails after others were done; the step's own fault when it was the first.
 */
export async function applyPlan(plan: Plan, ports: PlanPorts): Promise<PlanRecord> {
  const earlier = await ports.records.load(plan.id);
  let record = beginRecord(plan, earlier, ports.clock.now());
  const present = new Map(plan.steps.map((step) => [step.id, step]));
  const facts = new Map<string, Facts>(record.steps.map((recorded) => [recorded.step.id, recorded.facts]));
  const mark = async (id: string, change: Partial<RecordedStep>): Promise<void> => {
    record = withProgress(record, id, change, ports.clock.now());
    await ports.records.save(record);
  };
  for (const recorded of record.steps) {
    const step = present.get(recorded.step.id);
    if (step === undefined || recorded.progress === "done") continue;
    await mark(step.id, { progress: "begun" });
    try {
      const gained = await applyStep(step, facts, ports);
      facts.set(step.id, { ...recorded.facts, ...gained });
    } catch (cause) {
      // A conflict means that the step changed nothing, so that there is nothing of it to undo.
      if (cause instanceof Fault && cause.code === "PLAN_CONFLICT") await mark(step.id, { progress: recorded.progress });
      throw await interrupted(plan, step, record, cause, ports);
    }
    await mark(step.id, { progress: "done", facts: facts.get(step.id) ?? {} });
  }
  if (record.steps.length > 0) await ports.records.save(record);
  return record;
}

async function applyStep(step: Step, earlier: ReadonlyMap<string, Facts>, ports: PlanPorts): Promise<Facts> {
  const provisioner = await ports.provisionerFor(step.kind);
  const progress = await ports.progress(step.does);
  try {
    const facts = await provisioner.apply(step, { earlier, progress: progress.update });
    progress.done(`${step.does}: done`);
    return facts;
  } catch (cause) {
    progress.failed(`${step.does}: failed`);
    throw cause;
  }
}

/**
 * What a failed step becomes for the caller: its own fault as long as nothing was done. The record then goes too, unless the
 * step may have happened in part.
 */
async function interrupted(plan: Plan, step: Step, record: PlanRecord, cause: unknown, ports: PlanPorts): Promise<unknown> {
  const done = record.steps.filter(({ progress }) => progress === "done").map(({ step }) => step.does);
  if (record.steps.every(({ progress }) => progress === "planned")) await ports.records.remove(plan.id);
  if (done.length === 0 || !(cause instanceof Fault)) return cause;
  return new Fault("PLAN_INTERRUPTED", `stopped at "${step.does}": ${cause.message}`, {
    cause,
    hints: [
      ...cause.hints,
      "run the same command again to go on",
      `run \`brevet unsetup ${plan.id}\` to take back what was done`,
    ],
    details: { step: step.id, code: cause.code, done },
  });
}

/** A step that could not be undone, and why. */
export interface LeftStep {
  readonly step: Step;
  readonly reason: string;
}

export interface UndoOutcome {
  readonly undone: readonly Step[];
  readonly left: readonly LeftStep[];
}

/**
 * Takes back what a record says was done, the last step first, each only if it still is as brevet left it. What somebody
 * changed is left, reported, and stays in the record; when nothing is left the record goes.
 *
 * @throws {Fault} what a provisioner raises, other than `PLAN_CONFLICT`; what was undone by then is recorded.
 */
export async function undoPlan(first: PlanRecord, ports: PlanPorts): Promise<UndoOutcome> {
  let record = first;
  const undone: Step[] = [];
  const left: LeftStep[] = [];
  for (const { step, facts, progress } of first.steps.toReversed()) {
    if (progress !== "planned" && effectOf(step) !== "keep") {
      const reason = await undoStep(step, facts, ports);
      if (reason === null) undone.push(step);
      else left.push({ step, reason });
    }
    const kept = left.some((entry) => entry.step.id === step.id);
    record = kept
      ? withProgress(record, step.id, { progress: "left" }, ports.clock.now())
      : { ...record, steps: record.steps.filter((recorded) => recorded.step.id !== step.id) };
    if (record.steps.length > 0) await ports.records.save(record);
  }
  if (record.steps.length === 0) await ports.records.remove(record.id);
  return { undone, left };
}

/** @returns null when it was undone, else why it was left. */
async function undoStep(step: Step, facts: Facts, ports: PlanPorts): Promise<string | null> {
  const provisioner = await ports.provisionerFor(step.kind);
  try {
    await provisioner.undo(step, facts);
    return null;
  } catch (cause) {
    if (cause instanceof Fault && cause.code === "PLAN_CONFLICT") return cause.message;
    throw cause;
  }
}
