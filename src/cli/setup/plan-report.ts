import type { Cell } from "../../core/terminal.ts";
import { checkPlan, type PlanPorts } from "../../flows/apply-plan.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import { diffOfPlan, planJson } from "../../setup/diff.ts";
import { changesOf, type Effect, effectOf, objectOf, type Plan, type Step } from "../../setup/plan.ts";
import type { Provisioner } from "../../setup/provisioner.ts";
import type { Context } from "../command.ts";
import { confirmed } from "../flags/confirmed.ts";

/** How a plan is shown, and whether it is applied then. */
export interface PlanFlags {
  readonly "dry-run": boolean;
  readonly json: boolean;
}

/**
 * Checks a plan, then does as {@link agreed}.
 *
 * @returns whether to apply it.
 * @throws {Fault} as `checkPlan`, so that what is in the way is said instead of what would be done; `INTERRUPTED`.
 */
export async function agreedPlan(
  plan: Plan,
  flags: PlanFlags & { readonly yes: boolean },
  plans: PlanPorts,
  context: Context,
): Promise<boolean> {
  await checkPlan(plan, plans);
  return agreed([plan], { ...flags, question: "make these changes?" }, plans, context);
}

/**
 * Shows plans and, where a person is there, asks before they change a cloud: others may use at once what is granted there, and
 * what is deleted is gone. A script is not asked.
 *
 * @returns whether to apply them: not after a dry run.
 * @throws {Fault} `INTERRUPTED` when the person does not want it.
 */
export async function agreed(
  all: readonly Plan[],
  { question, yes, ...flags }: PlanFlags & { readonly yes: boolean; readonly question: string },
  plans: PlanPorts,
  context: Context,
): Promise<boolean> {
  const asks = !flags["dry-run"] && !yes && (await changesCloud(all, plans)) && context.terminal.hasPerson;
  // A person who is asked has to see what it is about.
  for (const plan of all) await reportPlan(plan, asks ? { ...flags, json: false } : flags, plans, context);
  if (asks) await confirmed(yes, context, async () => question);
  return !flags["dry-run"];
}

async function changesCloud(all: readonly Plan[], { provisionerFor }: PlanPorts): Promise<boolean> {
  for (const { kind } of all.flatMap(changesOf)) if ((await provisionerFor(kind)).where === "cloud") return true;
  return false;
}

/**
 * Checks a plan and shows it before it is applied.
 *
 * @throws {Fault} as `checkPlan`, so that what is in the way is said instead of what would be done.
 */
export async function showPlan(plan: Plan, flags: PlanFlags, plans: PlanPorts, context: Context): Promise<void> {
  await checkPlan(plan, plans);
  await reportPlan(plan, flags, plans, context);
}

/**
 * A table of each resource, what becomes of it and whose it is. With `--dry-run` it is the command's answer, followed by a diff;
 * or JSON.
 */
async function reportPlan(
  plan: Plan,
  { "dry-run": dryRun, json }: PlanFlags,
  plans: Pick<PlanPorts, "provisionerFor">,
  { output, errorOutput, terminal }: Context,
): Promise<void> {
  if (json) {
    if (dryRun) output(jsonPage(planJson(plan)));
    return;
  }
  const stream = dryRun ? "stdout" : "stderr";
  const title = await terminal.table([""], [[{ text: plan.title }]], stream);
  const rows: (readonly Cell[])[] = [];
  for (const step of plan.steps) rows.push(...rowsOf(step, (await plans.provisionerFor(step.kind)).where));
  const table = `${title}${await terminal.table(["action", "resource"], rows, stream)}`;
  // What is made or goes is said in a row; of a change that says too little.
  const shown = dryRun ? plan : { ...plan, steps: plan.steps.filter((step) => effectOf(step) === "change") };
  const diff = diffOfPlan(shown);
  (dryRun ? output : errorOutput)(diff === "" ? table : `${table}\n${diff}\n`);
}

function rowsOf(step: Step, where: Provisioner["where"]): readonly (readonly Cell[])[] {
  const effect = effectOf(step);
  const parts = (step.parts ?? []).map((part): readonly Cell[] => [{ text: "" }, { text: `  ${part}`, tone: "dim" }]);
  return [
    [{ text: effect, tone: TONES[effect] }, { text: objectOf(step) + (step.owner === "theirs" ? THEIRS[where] : "") }],
    ...parts,
  ];
}

const TONES: Readonly<Record<Effect, NonNullable<Cell["tone"]>>> = { create: "good", change: "warn", remove: "bad", keep: "dim" };
const THEIRS: Readonly<Record<Provisioner["where"], string>> = { here: " (yours)", cloud: " (not made by brevet)" };
