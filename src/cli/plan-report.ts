import type { Cell } from "../core/terminal.ts";
import { checkPlan, type PlanPorts } from "../flows/apply-plan.ts";
import { jsonPage } from "../platform/terminal/visible.ts";
import { diffOfPlan, planJson } from "../setup/diff.ts";
import { type Effect, effectOf, type Owner, objectOf, type Plan } from "../setup/plan.ts";
import type { Context } from "./command.ts";

/**
 * Checks a plan and shows it before it is applied: a table of what becomes of each resource, and which of them brevet has not made. With `--dry-run`
 * it is the answer, with every change to the line, or JSON.
 *
 * @throws {Fault} as `checkPlan`, so that what is in the way is said instead of what would be done.
 */
export async function showPlan(
  plan: Plan,
  { "dry-run": dryRun, json }: { readonly "dry-run": boolean; readonly json: boolean },
  plans: PlanPorts,
  { output, errorOutput, terminal }: Context,
): Promise<void> {
  await checkPlan(plan, plans);
  if (json) {
    if (dryRun) output(jsonPage(planJson(plan)));
    return;
  }
  const stream = dryRun ? "stdout" : "stderr";
  const title = await terminal.table([""], [[{ text: plan.title }]], stream);
  const table = `${title}${await terminal.table(["action", "resource"], plan.steps.flatMap(rowsOf), stream)}`;
  if (!dryRun) return errorOutput(table);
  const diff = diffOfPlan(plan);
  output(diff === "" ? table : `${table}\n${diff}\n`);
}

function rowsOf(step: Plan["steps"][number]): readonly (readonly Cell[])[] {
  const effect = effectOf(step);
  const parts = (step.parts ?? []).map((part): readonly Cell[] => [{ text: "" }, { text: `  ${part}`, tone: "dim" }]);
  return [[{ text: effect, tone: TONES[effect] }, { text: objectOf(step) + OWNERS[step.owner] }], ...parts];
}

const TONES: Readonly<Record<Effect, NonNullable<Cell["tone"]>>> = { create: "good", change: "warn", remove: "bad", keep: "dim" };
const OWNERS: Readonly<Record<Owner, string>> = { ours: "", theirs: " (not made by brevet)", nobody: "" };
