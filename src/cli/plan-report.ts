import type { Cell } from "../core/terminal.ts";
import { describePlan, planJson } from "../setup/diff.ts";
import { type Effect, effectOf, type Owner, type Plan } from "../setup/plan.ts";
import type { Context } from "./command.ts";

/**
 * Shows a plan before it is applied: a table of what is there, what becomes of it and whose it is. With `--dry-run` it is the
 * answer, with every change to the line, or JSON.
 */
export async function showPlan(
  plan: Plan,
  { "dry-run": dryRun, json }: { readonly "dry-run": boolean; readonly json: boolean },
  { output, errorOutput, terminal }: Context,
): Promise<void> {
  if (json) {
    if (dryRun) output(`${JSON.stringify(planJson(plan), null, 2)}\n`);
    return;
  }
  const table = await terminal.table(["what happens", "to what", "owner"], plan.steps.flatMap(rowsOf));
  if (dryRun) output(`${plan.title}\n${table}\n${describePlan(plan)}\n`);
  else errorOutput(`${plan.title}\n${table}`);
}

function rowsOf(step: Plan["steps"][number]): readonly (readonly Cell[])[] {
  const effect = effectOf(step);
  const verb = { text: effect, tone: TONES[effect] };
  const owner = { text: OWNERS[step.owner] };
  const parts = (step.parts ?? []).map((part): readonly Cell[] => [
    { text: "" },
    { text: `  ${part}`, tone: "dim" },
    { text: "" },
  ]);
  return [[verb, { text: step.does.replace(/^\w+ /, "") }, owner], ...parts];
}

const TONES: Readonly<Record<Effect, NonNullable<Cell["tone"]>>> = { create: "good", change: "warn", remove: "bad", keep: "dim" };
const OWNERS: Readonly<Record<Owner, string>> = { ours: "brevet", theirs: "others", nobody: "" };
