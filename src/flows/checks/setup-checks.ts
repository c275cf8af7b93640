import { counted } from "../../core/counted.ts";
import { Fault } from "../../core/fault.ts";
import { effectOf } from "../../setup/plan.ts";
import type { PlanRecord, PlanRecords } from "../../setup/record.ts";
import type { Check, CheckResult } from "./checks.ts";

/**
 * A check for each setup that was begun and did not come to its end, or was undone in part: where it stopped, why, and what to
 * type. One that is whole has none. A record that cannot be read is a check that fails.
 */
export async function setupChecks(records: PlanRecords): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const id of await records.list()) {
    const result = await resultOf(id, records);
    if (result !== null) checks.push({ name: `setup ${id}`, run: async () => result });
  }
  return checks;
}

async function resultOf(id: string, records: PlanRecords): Promise<CheckResult | null> {
  try {
    const record = await records.load(id);
    return record === null ? null : unfinished(record);
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    return { outcome: "bad", text: cause.message, code: cause.code, hint: cause.hints.join("; ") };
  }
}

function unfinished(record: PlanRecord): CheckResult | null {
  const { id, stopped, steps } = record;
  if (record.leaving && steps.some(({ progress }) => progress !== "left")) return takenInPart(record);
  const ways = `the same command again goes on, \`brevet unsetup ${id}\` undoes what was done`;
  if (stopped !== undefined) {
    const { at, code, message, hints } = stopped;
    return { outcome: "bad", text: `stopped at "${at}": ${message} (${code})`, hint: [...hints, ways].join("; ") };
  }
  const begun = steps.find(({ progress }) => progress === "begun");
  if (begun !== undefined) {
    return { outcome: "bad", text: `"${begun.step.does}" was begun, and the process was ended before it was done`, hint: ways };
  }
  if (record.making) return { outcome: "bad", text: "the run that made it was ended before all of it was made", hint: ways };
  const left = steps.filter(({ progress }) => progress === "left").map(({ step }) => step.does);
  if (left.length === 0) return null;
  const text = `could not be undone wholly, as it was changed since: ${left.join("; ")}`;
  return { outcome: "warn", text, hint: `\`brevet unsetup ${id}\` says of each what is in the way` };
}

/** What is still there is trusted, or holds keys, whatever this machine's config says. */
function takenInPart({ id, stopped, steps }: PlanRecord): CheckResult {
  const there = steps.filter(({ step }) => effectOf(step) !== "keep").length;
  const why =
    stopped === undefined
      ? "the process was ended before it was done"
      : `stopped at ${stopped.at}: ${stopped.message} (${stopped.code})`;
  const ways = `\`brevet unsetup ${id}\` goes on, and with \`--dry-run\` lists them; the same setup again makes it whole`;
  return {
    outcome: "bad",
    text: `${counted(there, "thing")} of it not removed: ${why}`,
    hint: [...(stopped?.hints ?? []), ways].join("; "),
  };
}
