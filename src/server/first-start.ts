import { Fault } from "../core/fault.ts";
import { Secret } from "../core/secret.ts";
import { shellCommand } from "../core/shell-command.ts";
import type { EpochSeconds } from "../core/time.ts";
import { addCheckpointKey } from "./audit/checkpoint.ts";
import { addFirstKeys } from "./keys/key-set.ts";
import type { Seal } from "./keys/seal.ts";
import type { Storage } from "./open-storage.ts";
import { makeFirstInvite } from "./people/invite.ts";
import { ableAdministrators } from "./people/last-administrator.ts";
import { sealOpenSecrets } from "./provider/client-secret.ts";
import { SETTINGS_FILE } from "./settings/read-settings.ts";
import type { ServerSettings } from "./settings/settings.ts";

/** Clouds trust the issuer by its name, and passkeys are bound to its host: neither may change by a slip of a flag. */
export async function fixIssuer(storage: Storage, { issuer }: ServerSettings): Promise<void> {
  const unit = storage.openUnit();
  unit.write("INSERT INTO setting (name, value) VALUES ('issuer', ?) ON CONFLICT (name) DO NOTHING", [issuer]);
  await unit.commit();
  const [row] = await storage.read("SELECT value FROM setting WHERE name = 'issuer'");
  if (row?.["value"] === issuer) return;
  throw new Fault(
    "ISSUER_MISMATCH",
    `the database belongs to the issuer ${row?.["value"]}, and the server was started as ${issuer}`,
    {
      hints: [
        `say \`${shellCommand`--issuer ${String(row?.["value"])}`}\`, or write it into ${SETTINGS_FILE}`,
        "a server of another name begins with a folder of its own",
      ],
    },
  );
}

/** Of several instances that start at once on an empty database, one makes the keys. */
export async function makeFirstKeys(storage: Storage, seal: Seal, now: EpochSeconds): Promise<void> {
  const unit = storage.openUnit();
  await addFirstKeys(unit, seal, now);
  await addCheckpointKey(unit, seal);
  try {
    await unit.commit();
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== "ALREADY_USED") throw cause;
  }
}

/** What an earlier version kept in clear is sealed before anything is served. */
export async function sealKeptSecrets(storage: Storage, seal: Seal): Promise<void> {
  const unit = storage.openUnit();
  await sealOpenSecrets(storage, unit, seal);
  await unit.commit();
}

/** A new link at every start without an administrator: whoever can start the server can read its database too. */
export async function firstLink({ issuer }: ServerSettings, storage: Storage, now: EpochSeconds): Promise<Secret<string> | null> {
  if ((await ableAdministrators(storage)).length > 0) return null;
  const unit = storage.openUnit();
  const secret = makeFirstInvite(unit, now);
  await unit.commit();
  return new Secret("first link", `${issuer}/invite/${secret}`);
}
