import { Fault } from "../core/fault.ts";
import type { JsonObject } from "../core/json-object.ts";
import { editConfig } from "../wire/brevet-config/edit.ts";
import { parseConfig } from "../wire/brevet-config/parse.ts";
import type { Context } from "./command.ts";

/**
 * Adds an identity to the config, with what guards its key: one edit for both, so that a config that names the one names the other.
 *
 * @throws {Fault} `IDENTITY_EXISTS`; what writing the config raises.
 */
export async function addIdentity(
  { compose, paths }: Context,
  name: string,
  wanted: { readonly identity: JsonObject; readonly guard: string | undefined },
): Promise<void> {
  await compose.editConfig((text) => {
    if (parseConfig(text, paths.configFile).identities.has(name)) {
      throw new Fault("IDENTITY_EXISTS", `the identity ${name} was made by another process meanwhile`);
    }
    const added = editConfig(text, ["identities", name], wanted.identity);
    return wanted.guard === undefined ? added : editConfig(added, ["store", "guard"], wanted.guard);
  });
}
