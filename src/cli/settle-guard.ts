import { editConfig } from "../wire/brevet-config/edit.ts";
import type { Context } from "./command.ts";
import { SESSIONS } from "./identity-kinds.ts";
import { selectPerson } from "./select.ts";

/**
 * Puts what `--store` chose into the config, for an identity that is in it already: an earlier run may have added it and then
 * found nothing that guards the store. The process that signs a person in, and every later command, read it there.
 *
 * @throws {Fault} `STORE_GUARD_MISMATCH` if another guard holds the key, before anything is written; `IDENTITY_UNKNOWN`.
 */
export async function settleGuard(word: string, identity: string | undefined, { compose }: Context): Promise<void> {
  await compose.guard();
  const config = await compose.config();
  selectPerson(config, identity, SESSIONS);
  if (config.store.guard === word) return;
  await compose.editConfig((text) => editConfig(text, ["store", "guard"], word));
  compose.reread();
}
