import { Fault } from "../core/fault.ts";
import type { JsonObject } from "../core/json-object.ts";
import { NAME_PATTERN } from "../wire/brevet-config/config.ts";
import { type ConfigEntry, configStep, type EntryReader } from "./config-entry.ts";
import type { Plan, Step } from "./plan.ts";

/** What is taken over from another tool's files, by name, as brevet's config is to have it. */
export interface ImportedEntries {
  readonly title: string;
  readonly identities: ReadonlyMap<string, JsonObject>;
  readonly profiles: ReadonlyMap<string, JsonObject>;
}

/**
 * The plan that adds them, or brings those up to date that an earlier import made.
 *
 * @param file brevet's config.
 * @throws {Fault} `PLAN_CONFLICT` when a name is taken by something else; `NAME_INVALID`.
 */
export async function planImport(
  id: string,
  { title, identities, profiles }: ImportedEntries,
  file: string,
  read: EntryReader,
): Promise<Plan> {
  const steps: Step[] = [];
  const add = async (noun: ConfigEntry["noun"], entries: ReadonlyMap<string, JsonObject>): Promise<void> => {
    for (const [name, value] of entries) {
      requireFitting(noun, name);
      const entry = {
        noun,
        name,
        value,
        takenHint: "rename one of the two, there or in what is imported",
        stepId: `${noun}-${name}`,
      };
      steps.push(configStep(id, file, entry, await read(noun, name)));
    }
  };
  await add("identity", identities);
  await add("profile", profiles);
  return { id, title, steps };
}

function requireFitting(noun: ConfigEntry["noun"], name: string): void {
  if (NAME_PATTERN.test(name)) return;
  throw new Fault("NAME_INVALID", `"${name}" cannot be the name of ${noun === "identity" ? "an" : "a"} ${noun} here`, {
    hints: ["rename it in the other tool's config first: letters, digits, dots, dashes and underscores"],
  });
}
