import { isJsonObject, type JsonObject, readOwnJson } from "../core/json-object.ts";
import { Secret } from "../core/secret.ts";
import type { Signer } from "../core/signer.ts";
import type { Store } from "../core/store.ts";
import { identityHandle } from "../wire/issuer-documents/identity-handle.ts";

/** Where the keys of an identity are, in the words of its entry in the config. */
export interface KeptPlaces {
  readonly signer: unknown;
  readonly keys?: JsonObject | undefined;
}

/**
 * Stores where the keys are, so that a device whose config is lost finds those that a rotation left in use.
 *
 * @throws {Fault} what the store raises.
 */
export async function keepPlaces(store: Pick<Store, "save">, identity: string, { signer, keys }: KeptPlaces): Promise<void> {
  // The places it is published at are in the config alone, as the issuer is.
  const { publishedTo: _, ...places } = keys ?? {};
  const text = JSON.stringify({ signer, ...(Object.keys(places).length === 0 ? {} : { keys: places }) });
  await store.save("keys", entryOf(identity), new Secret("places of keys", text));
}

/** What was kept; null if nothing was. @throws {Fault} `STORE_ENTRY_DAMAGED` */
export async function loadPlaces(store: Pick<Store, "load">, identity: string): Promise<KeptPlaces | null> {
  const kept = await store.load("keys", entryOf(identity));
  if (kept === null) return null;
  const { signer, keys } = readOwnJson<JsonObject>(kept.reveal());
  return { signer, ...(isJsonObject(keys) ? { keys } : {}) };
}

/** Forgets where the keys of an identity were, and the subject that was made for them. */
export async function forgetPlaces(store: Pick<Store, "remove">, identity: string): Promise<void> {
  for (const entry of [entryOf(identity), subjectEntryOf(identity)]) await store.remove("keys", entry);
}

/** The entry of `keys` that has an identity's subject. */
export function subjectEntryOf(identity: string): string {
  return `${identityHandle(identity)}.subject`;
}

/** Whether a key is left in any of the places: a device that was revoked has none. */
export async function holdsKeys(signers: readonly Pick<Signer, "publicKeys">[]): Promise<boolean> {
  for (const signer of signers) if ((await signer.publicKeys()).length > 0) return true;
  return false;
}

function entryOf(identity: string): string {
  return `${identityHandle(identity)}.places`;
}
