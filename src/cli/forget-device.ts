import { Fault } from "../core/fault.ts";
import { shellCommand } from "../core/shell-command.ts";
import { forgetPlaces } from "../flows/kept-places.ts";
import { editConfig } from "../wire/brevet-config/edit.ts";
import type { Context } from "./command.ts";
import { provingIdentity } from "./proving-identity.ts";

/** @throws {Fault} `IDENTITY_IN_USE` while a profile is proven by that identity. */
export async function requireNoProfile(identity: string, { compose }: Context): Promise<void> {
  const config = await compose.config();
  const users = [...config.profiles.values()].filter((entry) => provingIdentity(entry, config) === identity);
  if (users.length === 0) return;
  const names = users.map(({ name }) => name).join(", ");
  throw new Fault("IDENTITY_IN_USE", `${identity} cannot be forgotten while profiles use it: ${names}`, {
    hints: [
      "take away first what `brevet setup` made: `brevet unsetup`; other profiles by hand in the config",
      `to revoke its key alone: \`${shellCommand`brevet issuer revoke ${identity}`}\``,
    ],
    details: { identity, profiles: users.map(({ name }) => name) },
  });
}

/**
 * Takes a device whose keys are destroyed out of this machine: its entry in the config, its subject, where its keys were and the copies of
 * its documents. A device of that name that is made later is another one to every cloud.
 */
export async function forgetDevice(identity: string, { compose, terminal }: Context): Promise<void> {
  await compose.editConfig((text) => editConfig(text, ["identities", identity], undefined));
  await forgetPlaces(await compose.store(), identity);
  (await compose.issuerCopies(identity)).forget();
  terminal.say(`${identity} is forgotten, and its subject with it`);
}
