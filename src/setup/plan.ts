/**
 * What would be created or changed, step by step, before anything is. A plan is made from values that were read; it is shown,
 * applied by provisioners, recorded, and undone from the record.
 */

/** What finds a thing, as plain values: `{ file, profile }`. */
export type Address = Readonly<Record<string, string>>;

/** Where a thing is: its kind says which provisioner knows it, the address finds it. */
export interface Resource {
  /** `aws-profile`, `brevet-profile`; later `aws-stack`, `gcp-pool`, … */
  readonly kind: string;
  readonly address: Address;
}

/** `ours`: made by brevet and marked so; `theirs`: made by somebody else; `nobody`: it does not exist. */
export type Owner = "ours" | "theirs" | "nobody";

/**
 * One resource and what it is to become.
 *
 * `before` and `after` are its state as its provisioner reads it: text that says everything that brevet decides, and
 * nothing that the system adds by itself (ids, dates). null: it does not exist. `before` is what a change is made against
 * (compare and swap); equal states mean that nothing is to be done.
 */
export interface Step extends Resource {
  /** Unique in the plan and the same whenever the plan is made again. */
  readonly id: string;
  /** One line for people: what is done, and to what. */
  readonly does: string;
  /** For a step that makes several things at once: each in words. */
  readonly parts?: readonly string[];
  readonly owner: Owner;
  readonly before: string | null;
  readonly after: string | null;
  /** What was asked for, where `after` is more: what somebody else wrote beside it stays. */
  readonly asked?: string;
}

export interface Plan {
  /** The name of its record: `aws-brevet`. A plan made again has the same. `[a-z0-9._-]{1,128}`, any case. */
  readonly id: string;
  /** One line: what it is for. */
  readonly title: string;
  readonly steps: readonly Step[];
}

export type Effect = "create" | "change" | "remove" | "keep";

/** What applying a step comes to. */
export function effectOf(step: Pick<Step, "before" | "after">): Effect {
  if (step.before === step.after) return "keep";
  if (step.before === null) return "create";
  return step.after === null ? "remove" : "change";
}

/** What a step is about, without what is done to it: `the profile brevet in /home/a/.config/brevet/config.json`. */
export function objectOf({ does }: Pick<Step, "does">): string {
  return does.replace(/^\w+ /, "");
}

/** The steps of a plan that change something. */
export function changesOf(plan: Plan): readonly Step[] {
  return plan.steps.filter((step) => effectOf(step) !== "keep");
}
