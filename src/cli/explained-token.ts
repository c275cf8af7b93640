import { Fault } from "../core/fault.ts";
import { explainFault, explainToken, type MadeToken } from "../flows/explain-profile.ts";
import type { Explained } from "../trust/explained.ts";
import type { Context } from "./command.ts";
import type { SelectedEntry } from "./resolve-profile.ts";

/** The token that a profile's identity makes for it, and what was found out on the way. */
export interface Made {
  readonly token: MadeToken | null;
  readonly explained: readonly Explained[];
  /** The device that signs; null for another kind of identity, whose keys are its provider's. */
  readonly device: string | null;
}

/** Makes it as the credential path would; what cannot be made is told. */
export async function makeToken(entry: SelectedEntry, { compose }: Context): Promise<Made> {
  try {
    const { source } = entry;
    const named = source !== "only-identity" && "identity" in source ? source.identity : undefined;
    const { entry: identityEntry, identity } = await compose.identity(named);
    const path = await compose.profilePath({ profile: entry.name, overrides: {} });
    const made = await explainToken(path, identity);
    return { ...made, device: identityEntry.kind === "device" ? identityEntry.name : null };
  } catch (cause) {
    return { token: null, explained: [explainFault("the identity", cause)], device: null };
  }
}

/** @throws {Fault} `POLICY_INVALID` naming the file. */
export function parseGivenJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Fault("POLICY_INVALID", `${where} is not JSON`, { cause });
  }
}
