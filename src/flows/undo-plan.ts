import { Fault } from "../core/fault.ts";
import type { EpochSeconds } from "../core/time.ts";
import { leavingToOthers } from "../setup/issuer-trust.ts";
import { type Group, inGroups } from "../setup/neighbours.ts";
import { effectOf, objectOf, type Plan, type Step } from "../setup/plan.ts";
import type { Facts } from "../setup/provisioner.ts";
import {
  beginning,
  otherRecords,
  type PlanRecord,
  type RecordedStep,
  saveRecord,
  withoutStep,
  withStep,
  withStop,
} from "../setup/record.ts";
import type { PlanPorts } from "./apply-plan.ts";

/** A step that could not be undone, and why. */
export interface LeftStep {
  readonly step: Step;
  readonly reason: string;
}

export interface UndoOutcome {
  /** What is as it was before again. What was begun and never came to anything is not among it. */
  readonly undone: readonly Step[];
  readonly left: readonly LeftStep[];
  /** What it met that ended it before all was tried; null: it came to its end. It says how to go on. */
  readonly stopped: Fault | null;
}

/**
 * Undoes what the record of a plan says was done, each step only if it still is as brevet left it. What is in a cloud goes
 * first, the last step first: who cannot reach it keeps the profile, and where the keys are. What somebody changed is left,
 * reported, and stays in the record; when nothing is left the record goes.
 */
export async function undoPlan(id: string, ports: PlanPorts): Promise<UndoOutcome> {
  return ports.records.withLock(id, async () => {
    const undone: Step[] = [];
    const left: LeftStep[] = [];
    const loaded = await ports.records.load(id);
    if (loaded === null) return { undone, left, stopped: null };
    const others = await otherRecords(id, ports.records);
    const steps = await inOrderOfUndoing(loaded, ports);
    let record = await saveRecord(beginning(loaded, "leaving"), ports.records);
    ports.whenStopped(() => [
      ...undone.map((step) => `undone: ${objectOf(step)}`),
      `run \`brevet unsetup ${id}\` again: it goes on`,
    ]);
    for (const group of await inGroups(steps, (recorded) => sharedPlace(recorded, ports))) {
      try {
        const outcomes = await undoGroup(group, others, ports);
        undone.push(
          ...outcomes.filter(({ reason, wasThere }) => reason === null && wasThere).map(({ recorded }) => recorded.step),
        );
        left.push(...outcomes.flatMap(({ recorded: { step }, reason }) => (reason === null ? [] : [{ step, reason }])));
        record = await saveRecord(afterUndoing(record, outcomes, ports.clock.now()), ports.records);
      } catch (cause) {
        if (!(cause instanceof Fault)) throw cause;
        const { code, message, hints } = cause;
        const [{ step }] = group;
        await saveRecord(withStop(record, { at: objectOf(step), code, message, hints }), ports.records);
        return { undone, left, stopped: stoppedUndoing(id, step, undone, cause) };
      }
    }
    return { undone, left, stopped: null };
  });
}

/**
 * The place that a step has in common with its neighbours, so that they are undone in one go; null: it is undone by itself. So is a
 * step that may have been applied in part, or twice.
 */
async function sharedPlace({ step, progress }: RecordedStep, { provisionerFor }: PlanPorts): Promise<string | null> {
  if (progress !== "done" || effectOf(step) === "keep") return null;
  return (await provisionerFor(step.kind)).undoTogether === undefined ? null : `${step.kind} ${step.address["file"]}`;
}

interface Undoing {
  readonly recorded: RecordedStep;
  /** Why it was left as it is; null: it was undone. */
  readonly reason: string | null;
  readonly wasThere: boolean;
}

/** @throws {Fault} what a provisioner raises; nothing of the group is undone then. */
async function undoGroup(
  group: Group<RecordedStep>,
  others: readonly PlanRecord[],
  ports: PlanPorts,
): Promise<readonly Undoing[]> {
  const [first, ...more] = group;
  const { undoTogether } = await ports.provisionerFor(first.step.kind);
  if (more.length === 0 || undoTogether === undefined) {
    const wasThere = await cameToSomething(first, ports);
    return [{ recorded: first, reason: await undoRecorded(leavingToOthers(first, others), ports), wasThere }];
  }
  const conflicts = await undoTogether([leavingToOthers(first, others), ...more.map((one) => leavingToOthers(one, others))]);
  return group.map((recorded, index) => ({ recorded, reason: conflicts[index]?.message ?? null, wasThere: true }));
}

/** What {@link undoPlan} would do, as a plan. */
export async function planUndo(record: PlanRecord, ports: Pick<PlanPorts, "records" | "provisionerFor">): Promise<Plan> {
  const others = await otherRecords(record.id, ports.records);
  const made = (await inOrderOfUndoing(record, ports)).filter(({ step }) => effectOf(step) !== "keep");
  const steps = made.map((recorded): Step => {
    const { step } = leavingToOthers(recorded, others);
    return { ...step, owner: "ours", before: step.after, after: step.before };
  });
  return { id: record.id, title: `to be undone: ${record.title}`, steps };
}

/** The steps as {@link undoPlan} takes them. */
async function inOrderOfUndoing(
  { steps }: PlanRecord,
  { provisionerFor }: Pick<PlanPorts, "provisionerFor">,
): Promise<readonly RecordedStep[]> {
  const inCloud: RecordedStep[] = [];
  const here: RecordedStep[] = [];
  for (const recorded of steps.toReversed()) {
    const { where } = await provisionerFor(recorded.step.kind);
    (where === "cloud" ? inCloud : here).push(recorded);
  }
  return [...inCloud, ...here];
}

function afterUndoing(record: PlanRecord, outcomes: readonly Undoing[], now: EpochSeconds): PlanRecord {
  return outcomes.reduce(
    (rest, { recorded, reason }) =>
      reason === null ? withoutStep(rest, recorded.step.id, now) : withStep(rest, { ...recorded, progress: "left" }, now),
    record,
  );
}

/** What a step that could not be undone becomes for the caller: its own fault as long as this run took nothing. */
function stoppedUndoing(id: string, step: Step, undone: readonly Step[], cause: Fault): Fault {
  const hints = [...cause.hints, `then run \`brevet unsetup ${id}\` again, which goes on`];
  if (undone.length === 0) return cause.told({ hints });
  return new Fault("PLAN_INTERRUPTED", `stopped at ${objectOf(step)}: ${cause.message}`, {
    cause,
    hints,
    details: { step: step.id, code: cause.code, undone: undone.map((one) => one.id) },
  });
}

/**
 * Whether there is something to undo. Only what was begun and never done may have come to nothing; undoing is tried all the
 * same, since what has several parts may be there in part.
 */
async function cameToSomething({ step, progress }: RecordedStep, { provisionerFor }: PlanPorts): Promise<boolean> {
  if (effectOf(step) === "keep") return false;
  if (progress !== "begun") return true;
  return (await (await provisionerFor(step.kind)).read(step)).state !== step.before;
}

/** @returns null when it was undone, else why it was left. */
async function undoRecorded({ step, facts, progress, formerAfter }: RecordedStep, ports: PlanPorts): Promise<string | null> {
  const reason = await undoStep(step, facts, ports);
  if (reason === null || progress === "done" || formerAfter === undefined) return reason;
  // It was begun a second time and may never have come further: then what the first run made is still there.
  return undoStep({ ...step, after: formerAfter }, facts, ports);
}

async function undoStep(step: Step, facts: Facts, ports: PlanPorts): Promise<string | null> {
  if (effectOf(step) === "keep") return null;
  const provisioner = await ports.provisionerFor(step.kind);
  // What is made of several things takes its time to be taken apart.
  const progress = step.parts === undefined ? null : await ports.progress(`undoing ${objectOf(step)}`);
  try {
    await provisioner.undo(step, facts, progress?.update);
    progress?.done(`undoing ${objectOf(step)}`);
    return null;
  } catch (cause) {
    progress?.failed(`undoing ${objectOf(step)}: failed`);
    if (cause instanceof Fault && cause.code === "PLAN_CONFLICT") return cause.message;
    throw cause;
  }
}
