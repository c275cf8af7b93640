import type { JsonObject } from "../core/json-object.ts";
import { configStep, type PresentEntry } from "./config-entry.ts";
import type { Step } from "./plan.ts";
import type { ProfileSource } from "./profile-source.ts";

/** A profile of an application or of a user-assigned identity of Entra ID. */
export interface JoinAzureInput {
  readonly name: string;
  /** With `via`, a profile whose credentials are tokens. */
  readonly source: ProfileSource;
  /** The `azure` block of the profile. */
  readonly block: JsonObject;
}

/** Under which the record of the setup is kept. */
export function azurePlanId(profile: string): string {
  return `azure-${profile}`;
}

/**
 * The step that adds the profile, or brings it up to date.
 *
 * @throws {Fault} `PLAN_CONFLICT` when somebody else's profile is there.
 */
export function planAzureProfile({ name, source, block }: JoinAzureInput, file: string, present: PresentEntry): Step {
  const value = { ...source, azure: block };
  const takenHint = "give another name by `--profile NAME`";
  return configStep(azurePlanId(name), file, { noun: "profile", name, value, takenHint }, present);
}
