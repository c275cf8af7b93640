import { Fault } from "../core/fault.ts";
import type { Terminal } from "../core/terminal.ts";
import type { Clock, EpochSeconds } from "../core/time.ts";
import { type Group, inGroups } from "../setup/neighbours.ts";
import { changesOf, effectOf, type Plan, type Step } from "../setup/plan.ts";
import type { Facts, Provisioner } from "../setup/provisioner.ts";
import {
  adopt,
  asLatest,
  begin,
  beginning,
  emptyRecord,
  ended,
  otherRecords,
  type PlanRecord,
  type PlanRecords,
  type RecordedStep,
  saveRecord,
  withStep,
  withStop,
} from "../setup/record.ts";

export interface PlanPorts {
  /** What was typed to have plans applied, as a whole command. */
  readonly command: string;
  /** @throws {Fault} `KIND_UNKNOWN` */
  readonly provisionerFor: (kind: string) => Promise<Provisioner>;
  readonly records: PlanRecords;
  readonly clock: Clock;
  readonly progress: Terminal["progress"];
  /** A person who stops the process from now on is told these lines, and none of those given before. */
  readonly whenStopped: (lines: () => readonly string[]) => void;
}

/**
 * Applies a plan step by step, and records each step before and after it is applied. A plan that stopped in the middle goes
 * on when it is made and applied again: what is done comes out as "keep", and the record of the first run is continued.
 *
 * @param part `more` while another part of the same setup is to be applied: until then its record says that it is being made.
 * @returns the record, which `undoPlan` will follow.
 * @throws {Fault} `PLAN_INTERRUPTED` when a step fails after this run made others; before that the step's own fault, which is
 * `PLAN_CONFLICT` when somebody was faster: what is there is theirs then, and the message does not offer to undo it.
 */
export async function applyPlan(plan: Plan, ports: PlanPorts, part: "last" | "more" = "last"): Promise<PlanRecord> {
  return ports.records.withLock(plan.id, async () => {
    const loaded = (await ports.records.load(plan.id)) ?? emptyRecord(plan, ports.clock.now());
    const begun = { ...beginning(loaded, "making"), command: ports.command };
    const resumed = asLatest(begun, await otherRecords(plan.id, ports.records));
    let record = resumed;
    await requireFeasible(plan, record, ports);
    const run: Run = { plan, ports, loaded, made: [], at: null };
    ports.whenStopped(() => toldOnStop(run));
    const groups = await inGroups(plan.steps, (step) => sharedPlace(step, ports));
    for (const steps of groups) record = await applyRecorded(steps, record, run);
    run.at = null;
    if (part === "more") return record;
    const isAsItWas = record === resumed && [loaded.stopped, loaded.making, loaded.leaving].every((mark) => mark === undefined);
    return isAsItWas ? record : await saveRecord(ended(record), ports.records);
  });
}

/**
 * Finds out, without changing anything, whether something is in the way of a plan that can be known beforehand; for what is shown
 * to a person. {@link applyPlan} looks again.
 *
 * @throws {Fault} `PLAN_CONFLICT`; what a provisioner's `check` raises.
 */
export async function checkPlan(plan: Plan, ports: Pick<PlanPorts, "records" | "provisionerFor">): Promise<void> {
  await requireFeasible(plan, await ports.records.load(plan.id), ports);
}

/** All steps are checked first, so that a person who has to mend something does not find half of a plan applied. */
async function requireFeasible(
  plan: Plan,
  record: PlanRecord | null,
  { provisionerFor }: Pick<PlanPorts, "provisionerFor">,
): Promise<void> {
  if (record !== null) refuseMoved(plan, record);
  for (const step of changesOf(plan)) await (await provisionerFor(step.kind)).check?.(step);
}

/**
 * A record knows one resource for each step. Another in its place, such as a second stack for the same profile, would leave the
 * first one in the cloud: trusted, and known to nobody.
 *
 * @throws {Fault} `PLAN_CONFLICT`
 */
function refuseMoved(plan: Plan, record: PlanRecord): void {
  for (const step of plan.steps) {
    const earlier = record.steps.find((recorded) => recorded.step.id === step.id);
    if (earlier === undefined || earlier.progress === "left" || placeOf(earlier.step) === placeOf(step)) continue;
    throw new Fault("PLAN_CONFLICT", `the setup ${plan.id} made another thing before: "${earlier.step.does}"`, {
      hints: [
        `run \`brevet unsetup ${plan.id}\` to undo that first, then the same command again`,
        "or leave both: name another profile, `--profile NAME`",
      ],
      details: { step: step.id },
    });
  }
}

/** What an address says of where a resource is: not which file on this machine holds it, nor which keys it is to have. */
function placeOf({ kind, address: { file: _, jwks: __, ...place } }: Step): string {
  return JSON.stringify([kind, Object.entries(place).toSorted()]);
}

interface Run {
  readonly plan: Plan;
  readonly ports: PlanPorts;
  /** The record as this run found it. */
  readonly loaded: PlanRecord;
  /** What the steps do that this run itself completed. */
  readonly made: string[];
  /** What the step does that is being applied; null: none is. */
  at: string | null;
}

/** Each step was recorded before it was begun, so that stopping is safe at any time. */
function toldOnStop({ plan, made, at }: Run): readonly string[] {
  if (at === null && made.length === 0) return [];
  return [
    ...(at === null ? [] : [`stopped at "${at}", which may go on by itself`]),
    ...made.map((does) => `done before: ${does}`),
    ...waysOn(plan),
  ];
}

function waysOn({ id }: Plan): readonly string[] {
  return ["run the same command again to go on", `run \`brevet unsetup ${id}\` to undo what was done`];
}

/** The place that a step has in common with its neighbours, so that they are applied in one go; null: it is applied by itself. */
async function sharedPlace({ kind, address }: Step, { provisionerFor }: PlanPorts): Promise<string | null> {
  return (await provisionerFor(kind)).applyTogether === undefined ? null : `${kind} ${address["file"]}`;
}

/** What steps do, in one line. */
function doingOf([first, ...more]: Group<Step>): string {
  return more.length === 0 ? first.does : `${first.does}, and ${more.length} more there`;
}

/** Steps that are applied at once, recorded before and after. @returns the record as it is then. */
async function applyRecorded(steps: Group<Step>, record: PlanRecord, run: Run): Promise<PlanRecord> {
  const due: Step[] = [];
  let adopted = record;
  for (const step of steps) {
    if (effectOf(step) !== "keep" || recordedOf(step, record)?.progress === "begun") due.push(step);
    else adopted = await adoptRecorded(step, adopted, run.ports);
  }
  const [first, ...more] = due;
  return first === undefined ? adopted : applyDue([first, ...more], adopted, run);
}

function recordedOf(step: Step, record: PlanRecord): RecordedStep | undefined {
  return record.steps.find((recorded) => recorded.step.id === step.id);
}

/** What is as it should be is left as it is, and applying it tells what undoing it will need. */
async function adoptRecorded(step: Step, record: PlanRecord, { provisionerFor, records, clock }: PlanPorts): Promise<PlanRecord> {
  const earlier = recordedOf(step, record);
  const adopted = adopt(step, earlier);
  if (adopted === null || adopted === earlier) return record;
  const facts = await (await provisionerFor(step.kind)).apply(step, { earlier: new Map(), progress: () => undefined });
  return saveRecord(withStep(record, { ...adopted, facts: { ...adopted.facts, ...facts } }, clock.now()), records);
}

async function applyDue(steps: Group<Step>, record: PlanRecord, run: Run): Promise<PlanRecord> {
  const { records, clock } = run.ports;
  run.at = doingOf(steps);
  const begun = steps.map((step) => begin(step, recordedOf(step, record)));
  const during = await saveRecord(withSteps(record, begun, clock.now()), records);
  try {
    const facts = await applySteps(steps, record, run.ports);
    const done = begun.map(({ formerAfter: _, ...rest }, index): RecordedStep => {
      return { ...rest, progress: "done", facts: { ...rest.facts, ...facts[index] } };
    });
    // Another run may have made just this after our plan was made: then it is not ours to offer back.
    const isNew = steps.some((step) => {
      const earlier = recordedOf(step, record);
      return earlier?.progress !== "done" || earlier.step.after !== step.after;
    });
    if (isNew) run.made.push(run.at);
    return await saveRecord(withSteps(during, done, clock.now()), records);
  } catch (cause) {
    if (cause instanceof Fault) await saveStopped(run.at, cause, { before: record, during }, run);
    throw interrupted(steps, run, cause);
  }
}

function withSteps(record: PlanRecord, steps: readonly RecordedStep[], now: EpochSeconds): PlanRecord {
  return steps.reduce((before, step) => withStep(before, step, now), record);
}

/** Records why a run stopped. A conflict means that the step changed nothing, so that there is nothing new to undo. */
async function saveStopped(
  at: string,
  { code, message, hints }: Fault,
  record: { readonly before: PlanRecord; readonly during: PlanRecord },
  { ports, made, loaded }: Run,
): Promise<void> {
  const isConflict = code === "PLAN_CONFLICT";
  const kept = isConflict ? record.before : record.during;
  const asFound = loaded.making ? withStop(kept, null) : ended(kept);
  await saveRecord(isConflict && made.length === 0 ? asFound : withStop(kept, { at, code, message, hints }), ports.records);
}

async function applySteps(steps: Group<Step>, record: PlanRecord, ports: PlanPorts): Promise<readonly Facts[]> {
  const [first] = steps;
  const provisioner = await ports.provisionerFor(first.kind);
  const doing = doingOf(steps);
  const progress = await ports.progress(doing);
  try {
    const earlier = new Map(record.steps.map((recorded) => [recorded.step.id, recorded.facts]));
    const facts = (await provisioner.applyTogether?.(steps)) ?? [
      await provisioner.apply(first, { earlier, progress: progress.update }),
    ];
    progress.done(doing);
    return facts;
  } catch (cause) {
    progress.failed(`${doing}: failed`);
    throw cause;
  }
}

/** What failed steps become for the caller: their own fault as long as this run made nothing. */
function interrupted(steps: Group<Step>, { plan, made }: Run, cause: unknown): unknown {
  if (!(cause instanceof Fault)) return cause;
  if (made.length === 0) return cause.code === "PLAN_CONFLICT" ? overtaken(cause) : cause;
  return new Fault("PLAN_INTERRUPTED", `stopped at "${doingOf(steps)}": ${cause.message}`, {
    cause,
    hints: [...cause.hints, ...waysOn(plan)],
    details: { step: steps[0].id, code: cause.code, done: made },
  });
}

function overtaken(conflict: Fault): Fault {
  return conflict.told({ hints: [...conflict.hints, "run the same command again: it starts from what is there now"] });
}
