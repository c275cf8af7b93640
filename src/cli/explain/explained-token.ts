import { Fault } from "../../core/fault.ts";
import { parseJson } from "../../core/json-object.ts";
import { explainFault, explainToken } from "../../flows/explain-profile.ts";
import type { Context } from "../command.ts";
import type { SelectedEntry } from "../resolve-profile.ts";
import { type ChainWish, explainVia, type Made } from "./via.ts";

/** Makes it as the credential path would, of a profile with `via` by the one that this names; what cannot be made is told. */
export async function makeToken(entry: SelectedEntry, wish: ChainWish, context: Context): Promise<Made> {
  const { source } = entry;
  if (source.kind === "via") return explainVia(source.profile, wish, context);
  const { compose } = context;
  try {
    const { entry: identityEntry, identity } = await compose.identity(source.name, entry.place.at("identity").path);
    const path = await compose.profilePath({ profile: entry.name, overrides: {} });
    const made = await explainToken(path, identity);
    return { ...made, device: identityEntry.kind === "device" ? identityEntry.name : null };
  } catch (cause) {
    return { token: null, explained: [explainFault("the identity", cause)], device: null };
  }
}

/** @throws {Fault} `POLICY_INVALID` naming the file. */
export function parseGivenJson(text: string, where: string): unknown {
  return parseJson(text, (cause) => new Fault("POLICY_INVALID", `${where} is not JSON`, { cause }));
}
