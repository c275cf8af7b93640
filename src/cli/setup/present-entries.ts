import type { PlanPorts } from "../../flows/apply-plan.ts";
import type { Paths } from "../../platform/paths.ts";
import { type EntryReader, NO_ENTRY, type PresentEntry } from "../../setup/config-entry.ts";
import { otherRecords, type PlanRecord } from "../../setup/record.ts";
import type { Composition } from "../composition.ts";

/** The reader of the config and the records as they are now; the file is asked only for names that the config has. */
export async function entryReader(
  { compose, paths }: { readonly compose: Pick<Composition, "config">; readonly paths: Pick<Paths, "configFile"> },
  plans: Pick<PlanPorts, "records" | "provisionerFor">,
): Promise<EntryReader> {
  const { identities, profiles } = await compose.config();
  const makers = makersIn(await otherRecords(null, plans.records));
  return async (noun, name) => {
    if (!(noun === "identity" ? identities : profiles).has(name)) return NO_ENTRY;
    const kind = `brevet-${noun}`;
    const { state } = await (await plans.provisionerFor(kind)).read({ kind, address: { file: paths.configFile, [noun]: name } });
    return { state, makers: makers.get(`${noun} ${name}`) ?? NO_ENTRY.makers };
  };
}

/** By noun and name. */
function makersIn(records: readonly PlanRecord[]): ReadonlyMap<string, PresentEntry["makers"]> {
  const all = new Map<string, Map<string, string>>();
  for (const { id, steps } of records) {
    for (const { step } of steps) {
      const [, noun] = /^brevet-(identity|profile)$/.exec(step.kind) ?? [];
      const asked = step.asked ?? step.after;
      if (noun === undefined || asked === null) continue;
      const entry = `${noun} ${step.address[noun]}`;
      all.set(entry, (all.get(entry) ?? new Map()).set(id, asked));
    }
  }
  return all;
}
