import { Fault } from "../core/fault.ts";
import { type Effect, effectOf, type Resource, type Step } from "./plan.ts";
import type { Present, Provisioner } from "./provisioner.ts";

/** How a step comes into a plan: what is wanted compared with what is there, and whether that may be touched. */

/** A step as it is wanted, before anybody has looked at what is there. */
export interface WantedStep extends Resource {
  readonly id: string;
  /** What it is, in words: `the app registration brevet-laptop`. */
  readonly what: string;
  readonly after: string;
  /**
   * Nothing in it can say whose it is: one that is already as wanted counts as somebody else's, unless a record says otherwise.
   */
  readonly unmarked?: boolean;
}

/** The step against what is there now; the caller has found out whose that is. @param verbs other words for what is done. */
export function plannedStep(
  { what, unmarked: _, ...wanted }: WantedStep,
  { state: before, owner }: Present,
  verbs: Partial<Record<Effect, string>> = {},
): Step {
  const effect = effectOf({ before, after: wanted.after });
  return { ...wanted, does: `${verbs[effect] ?? effect} ${what}`, owner, before };
}

/**
 * The step of a thing that has an owner of its own, as what is made in a cloud has.
 *
 * @throws {Fault} `PLAN_CONFLICT` when the name is taken by somebody else: nothing of others is ever taken over.
 */
export function ownStep(wanted: WantedStep, present: Present): Step {
  if (wanted.unmarked && present.state === wanted.after) return plannedStep(wanted, { ...present, owner: "theirs" });
  if (present.owner !== "theirs") return plannedStep(wanted, present);
  const { what, kind, address } = wanted;
  throw new Fault("PLAN_CONFLICT", `${what} was not made for ${address["owner"]}, so it is left as it is`, {
    hints: present.takenHint === undefined ? [] : [present.takenHint],
    details: { kind },
  });
}

/** {@link ownStep} of each of them, read where it is. */
export async function planOwnSteps(
  wanted: readonly WantedStep[],
  provisionerFor: (kind: string) => Promise<Provisioner>,
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const step of wanted) {
    const provisioner = await provisionerFor(step.kind);
    steps.push(ownStep(step, await provisioner.read(step)));
  }
  return steps;
}

/**
 * The step of an entry in a file of the user: what somebody wrote who wanted the same is left to them.
 *
 * @throws {Fault} `PLAN_CONFLICT` when somebody else's entry says something else.
 */
export function entryStep(wanted: WantedStep, present: Present, takenHint: string): Step {
  const { state, owner } = present;
  if (state === null || owner === "ours" || state === wanted.after) return plannedStep(wanted, present, { create: "add" });
  throw new Fault("PLAN_CONFLICT", `${wanted.what} exists and is not what brevet would write`, {
    hints: [takenHint],
    details: { kind: wanted.kind },
  });
}
