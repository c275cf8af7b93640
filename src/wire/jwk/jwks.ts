import { Fault } from "../../core/fault.ts";
import { isJsonObject, parseJson } from "../../core/json-object.ts";
import { nestsTooDeeply } from "../../core/nesting.ts";
import type { PublicJwk } from "../../core/signer.ts";
import { parsePublicJwk } from "./public-jwk.ts";

/** One key of a JWK set, as it was found. */
export interface JwksEntry {
  readonly kid: string | null;
  /** The public key, or null if it is of a type that brevet does not sign with. */
  readonly jwk: PublicJwk | null;
  /** All members in their order; kept as they are when the set is published again. */
  readonly members: Readonly<Record<string, unknown>>;
}

/**
 * Reads a JWK set.
 *
 * @param where names the document in the message: a URL or a path.
 * @throws {Fault} `ISSUER_DOCUMENT_INVALID` if it is not JSON with a `keys` array of objects that have a `kty`.
 * @see RFC 7517 §5
 */
export function parseJwks(body: string, where: string): readonly JwksEntry[] {
  const keys = parseKeysMember(body, where);
  return keys.map((value, index) => {
    if (!isJsonObject(value)) throw documentInvalid(`keys[${index}] of ${where} is not an object`);
    if (typeof value["kty"] !== "string") throw documentInvalid(`keys[${index}] of ${where} has no "kty"`);
    const kid = value["kid"];
    return { kid: typeof kid === "string" ? kid : null, jwk: parsePublicJwk(value), members: value };
  });
}

function parseKeysMember(body: string, where: string): readonly unknown[] {
  const value = parseJson(body, (cause) => documentInvalid(`${where} is not JSON`, cause));
  const keys = isJsonObject(value) ? value["keys"] : undefined;
  if (!Array.isArray(keys)) throw documentInvalid(`${where} is not a JWK set: it has no "keys" array`);
  if (nestsTooDeeply(keys)) throw documentInvalid(`${where} is nested more deeply than any key is`);
  return keys;
}

/** The fault of a document of an issuer that is not what it should be. @param message which, and what is wrong with it. */
export function documentInvalid(message: string, cause?: unknown): Fault {
  return new Fault("ISSUER_DOCUMENT_INVALID", message, {
    hints: [
      "where it is published, brevet writes over nothing that it cannot read: mend or delete it there, then `brevet issuer publish`",
      "`brevet issuer generate` makes the copy of this machine anew; `--output DIR` shows what it should look like",
    ],
    cause,
  });
}
