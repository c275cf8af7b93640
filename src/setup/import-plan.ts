import { Fault } from "../core/fault.ts";
import { NAME_PATTERN } from "../wire/brevet-config/config.ts";
import type { Plan, Step } from "./plan.ts";
import { plannedStep } from "./planned-step.ts";
import type { Present } from "./provisioner.ts";

/** What is taken over from another tool's files, by name, as brevet's config is to have it. */
export interface ImportedEntries {
  readonly title: string;
  readonly identities: ReadonlyMap<string, unknown>;
  readonly profiles: ReadonlyMap<string, unknown>;
}

export interface ImportPresent {
  readonly brevetConfigFile: string;
  /** What brevet's config has under a name now. */
  readonly identity: (name: string) => Present;
  readonly profile: (name: string) => Present;
}

/**
 * The plan that adds them. Nothing that is there already is changed.
 *
 * @throws {Fault} `PLAN_CONFLICT` when a name is taken by something else; `NAME_INVALID`.
 */
export function planImport(id: string, { title, identities, profiles }: ImportedEntries, present: ImportPresent): Plan {
  const steps = [
    ...[...identities].map(([name, value]) => entryStep("identity", name, value, present)),
    ...[...profiles].map(([name, value]) => entryStep("profile", name, value, present)),
  ];
  return { id, title, steps };
}

function entryStep(noun: "identity" | "profile", name: string, value: unknown, all: ImportPresent): Step {
  const { brevetConfigFile: file } = all;
  if (!NAME_PATTERN.test(name)) {
    throw new Fault("NAME_INVALID", `"${name}" cannot be the name of ${noun === "identity" ? "an" : "a"} ${noun} here`, {
      hints: ["rename it in the other tool's config first: letters, digits, dots, dashes and underscores"],
    });
  }
  const [present, after] = [all[noun](name), JSON.stringify(value, null, 2)];
  if (present.state !== null && present.state !== after) {
    throw new Fault("PLAN_CONFLICT", `brevet's config has another ${noun} ${name} already`, {
      hints: [`rename one of the two: \`${file}\``],
      details: { name },
    });
  }
  const what = `the ${noun} ${name} in ${file}`;
  const wanted = { id: `${noun}-${name}`, kind: `brevet-${noun}`, address: { file, [noun]: name }, what, after };
  return plannedStep(wanted, present, { create: "add" });
}
