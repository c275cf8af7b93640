import { applyPlan } from "../../flows/apply-plan.ts";
import { type ImportedEntries, planImport } from "../../setup/import-plan.ts";
import { changesOf } from "../../setup/plan.ts";
import type { Context } from "../command.ts";
import { type PlanFlags, showPlan } from "./plan-report.ts";
import { entryReader } from "./present-entries.ts";

/**
 * Shows what another tool's files come to in brevet's config, and writes it unless the flags ask for a dry run.
 *
 * @param id of the plan: what `unsetup` is told.
 * @param before what has to be there before the entries are.
 * @throws {Fault} as `planImport`.
 */
export async function takeOver(
  id: string,
  imported: ImportedEntries,
  { flags, before = async () => undefined }: { readonly flags: PlanFlags; readonly before?: () => Promise<void> },
  context: Context,
): Promise<void> {
  const plans = await context.compose.plans();
  const plan = await planImport(id, imported, context.paths.configFile, await entryReader(context, plans));
  await showPlan(plan, flags, plans, context);
  if (flags["dry-run"]) return;
  await before();
  await applyPlan(plan, plans);
  context.terminal.say(changesOf(plan).length === 0 ? "everything was there already" : "imported");
}
