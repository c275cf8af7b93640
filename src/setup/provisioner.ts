import type { Fault } from "../core/fault.ts";
import type { Owner, Resource, Step } from "./plan.ts";

/** What a provisioner needs later to take a thing away exactly: ids that a cloud gave, bytes that were put in. No secrets. */
export type Facts = Readonly<Record<string, string>>;

/** A resource as it is now; see {@link Step} for what a state says. */
export interface Present {
  readonly state: string | null;
  readonly owner: Owner;
  /** What to type where it is somebody else's. */
  readonly takenHint?: string;
}

export interface ApplyContext {
  /** What applying the earlier steps of this plan gave, by their ids: a role needs the ARN of its provider. */
  readonly earlier: ReadonlyMap<string, Facts>;
  /** Replaces the text next to the spinner, in a step that takes more than a second. */
  readonly progress: (text: string) => void;
}

/**
 * The Provisioner port: reads the present state of resources, applies one step, undoes one step.
 *
 * Every method may be called again after the process was killed in the middle of it: what was already done is found and
 * counted as done.
 */
export interface Provisioner {
  /** The kinds of resources that it knows. */
  readonly kinds: readonly string[];
  /** Where the things are that it knows: in files of this machine, or in a cloud. */
  readonly where: "here" | "cloud";
  read(resource: Resource): Promise<Present>;
  /**
   * Finds out, without changing anything, whether something is in the way of that step that can be known beforehand; asked
   * of every step of a plan before the first is applied.
   *
   * @throws {Fault} as {@link Provisioner.apply} would.
   */
  check?(step: Step): Promise<void>;
  /**
   * Makes the resource what `step.after` says, if it still is what `step.before` says. Does nothing if it is so already.
   *
   * @returns what {@link Provisioner.undo} needs.
   * @throws {Fault} `PLAN_CONFLICT` when it is neither, or is somebody else's; then nothing was changed.
   */
  apply(step: Step, context: ApplyContext): Promise<Facts>;
  /**
   * {@link Provisioner.apply} for steps of one kind in one file (`address.file`): it is written once, and on a fault nothing was changed.
   * Absent: each is applied by itself.
   */
  applyTogether?(steps: readonly [Step, ...Step[]]): Promise<readonly Facts[]>;
  /**
   * Makes the resource what `step.before` says again, if it still is what `step.after` says. Does nothing if it is so already.
   *
   * @param facts what applying it gave; empty when the process was killed before they could be recorded. The thing is then
   *   found by its address and its mark.
   * @param progress replaces the text next to the spinner, where undoing takes more than a second.
   * @throws {Fault} `PLAN_CONFLICT` when somebody changed it since; then it is left as it is.
   */
  undo(step: Step, facts: Facts, progress?: (text: string) => void): Promise<void>;
  /**
   * {@link Provisioner.undo} for steps of one kind in one file (`address.file`): the file is written once, and a fault leaves it as it
   * was. Absent: each step is undone by itself.
   *
   * @returns for each step a `PLAN_CONFLICT` if somebody has changed its resource since, else null.
   */
  undoTogether?(steps: readonly [AppliedStep, ...AppliedStep[]]): Promise<readonly (Fault | null)[]>;
}

/** A step, and the facts that applying it returned. */
export interface AppliedStep {
  readonly step: Step;
  readonly facts: Facts;
}
