import { Fault } from "../../core/fault.ts";
import { parseJsonObject } from "../../core/json-object.ts";
import { Secret } from "../../core/secret.ts";
import type { PublicKey, SignatureAlgorithm } from "../../core/signer.ts";
import { algorithmOf, parsePublicJwk } from "../../wire/jwk/public-jwk.ts";
import { jwkThumbprint } from "../../wire/jwk/thumbprint.ts";

/** What is remembered of a key on a token. It holds no secret; it is sealed so that nobody puts another key in its place. */
export interface KeyRecord {
  /** CKA_ID, hexadecimal. */
  readonly id: string;
  /** Whether brevet made the key, and so may destroy it. */
  readonly made: boolean;
  /** null from before the key was made until it was seen: a run that is interrupted between goes on with the same id. */
  readonly key: PublicKey | null;
}

export function encodeKeyRecord({ id, made, key }: KeyRecord): Secret<string> {
  return new Secret("key on a token", JSON.stringify({ id, made, jwk: key?.jwk ?? null }));
}

/** @throws {Fault} `STORE_ENTRY_DAMAGED` if the entry holds anything else. */
export function parseKeyRecord(sealed: Secret<string>, algorithm: SignatureAlgorithm, name: string): KeyRecord {
  const damaged = new Fault("STORE_ENTRY_DAMAGED", `the entry ${name} does not describe an ${algorithm} key on a token`);
  const { id, made, jwk } = parseJsonObject(sealed.reveal()) ?? {};
  if (typeof id !== "string" || !/^([0-9a-f]{2})*$/.test(id) || typeof made !== "boolean") throw damaged;
  if (jwk === null) return { id, made, key: null };
  const parsed = parsePublicJwk(jwk);
  if (parsed === null || algorithmOf(parsed) !== algorithm) throw damaged;
  return { id, made, key: { kid: jwkThumbprint(parsed), algorithm, jwk: parsed } };
}
