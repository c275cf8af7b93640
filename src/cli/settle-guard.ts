import { editConfig } from "../wire/brevet-config/edit.ts";
import type { Context } from "./command.ts";
import { SESSIONS } from "./identity-kinds.ts";
import { selectPerson } from "./select.ts";

/**
 * Notes what is to guard the store, for a command that may not need the store itself. {@link keepGuard} then writes it into the config.
 *
 * @throws {Fault} `STORE_GUARD_MISMATCH` if another guard holds the key, before anything is written.
 */
export async function wishGuard(word: string | undefined, { compose }: Context): Promise<void> {
  if (word === undefined) return;
  compose.askForGuard(word);
  await compose.guard();
}

/** Writes it into the config, for every later command. If the config names no guard and the store has its key, its record names it already. */
export async function keepGuard(word: string | undefined, { compose }: Context): Promise<void> {
  const { guard } = (await compose.config()).store;
  if (word === undefined || guard === word || (guard === null && compose.hasStoreKey())) return;
  await compose.editConfig((text) => editConfig(text, ["store", "guard"], word));
  compose.reread();
}

/**
 * Puts what `--store` chose into the config, for an identity that is in it already: an earlier run may have added it and then
 * found nothing that guards the store. The process that signs a person in, and every later command, read it there.
 *
 * @throws {Fault} `STORE_GUARD_MISMATCH` if another guard holds the key, before anything is written; `IDENTITY_UNKNOWN`.
 */
export async function settleGuard(word: string, identity: string | undefined, context: Context): Promise<void> {
  await context.compose.guard();
  selectPerson(await context.compose.config(), identity, SESSIONS);
  await keepGuard(word, context);
}
