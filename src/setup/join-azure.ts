import { requireName } from "../wire/brevet-config/require-name.ts";
import type { Step } from "./plan.ts";
import { entryStep } from "./planned-step.ts";
import type { ProfileSource } from "./profile-source.ts";
import type { Present } from "./provisioner.ts";

/** A profile of an application or of a user-assigned identity of Entra ID. */
export interface JoinAzureInput {
  readonly name: string;
  /** With `via`, a profile whose credentials are tokens. */
  readonly source: ProfileSource;
  /** The `azure` block of the profile. */
  readonly block: Readonly<Record<string, unknown>>;
}

/**
 * The step that adds the profile, or brings it up to date.
 *
 * @throws {Fault} `NAME_INVALID`; `PLAN_CONFLICT` when somebody else's profile is there.
 */
export function planAzureProfile({ name, source, block }: JoinAzureInput, file: string, present: Present): Step {
  requireName(name, "profile");
  const after = JSON.stringify({ ...source, azure: block }, null, 2);
  const kind = "brevet-profile";
  const wanted = { id: kind, kind, address: { file, profile: name }, what: `the profile ${name} in ${file}`, after };
  return entryStep(wanted, present, "give another name by `--profile NAME`");
}
