import { Fault } from "../core/fault.ts";
import { forgetPlaces } from "../flows/kept-places.ts";
import type { IdentityEntry } from "../wire/brevet-config/config.ts";
import { editConfig } from "../wire/brevet-config/edit.ts";
import type { Context } from "./command.ts";
import { profilesProvedBy } from "./proving-identity.ts";

/**
 * @param instead what can be done all the same, as a hint.
 * @throws {Fault} `IDENTITY_IN_USE` while a profile is proven by that identity.
 */
export async function requireNoProfile(identity: string, instead: string, { compose }: Context): Promise<void> {
  const users = profilesProvedBy(identity, await compose.config());
  if (users.length === 0) return;
  const names = users.map(({ name }) => name).join(", ");
  throw new Fault("IDENTITY_IN_USE", `${identity} cannot be forgotten while profiles use it: ${names}`, {
    hints: ["remove first what `brevet setup` made: `brevet unsetup`; other profiles by hand from the config", instead],
    details: { identity, profiles: users.map(({ name }) => name) },
  });
}

/**
 * Takes a device whose keys are destroyed out of this machine: its entry in the config, its subject, where its keys were and the copies of
 * its documents. A device of that name that is made later is another one to every cloud.
 */
export async function forgetDevice(identity: string, context: Context): Promise<void> {
  const { compose, terminal } = context;
  await takeOut(identity, context);
  await forgetPlaces(await compose.store(), identity);
  (await compose.issuerCopies(identity)).forget();
  terminal.say(`${identity} is forgotten, and its subject with it`);
}

/** Takes an identity that people sign in as out of this machine, once nobody is signed in: its entry in the config and its client's keys. */
export async function forgetPerson(entry: IdentityEntry, context: Context): Promise<void> {
  await context.compose.destroyClientKeys(entry);
  await takeOut(entry.name, context);
  context.terminal.say(`${entry.name} is forgotten`);
}

async function takeOut(identity: string, { compose }: Context): Promise<void> {
  await compose.editConfig((text) => editConfig(text, ["identities", identity], undefined));
}
