import { Fault } from "../../core/fault.ts";
import { isJsonObject } from "../../core/json-object.ts";
import type { PublicJwk } from "../../core/signer.ts";
import { parsePublicJwk } from "./public-jwk.ts";

/** One key of a JWK set, as it was found. */
export interface JwksEntry {
  readonly kid: string | null;
  /** The public key, or null if it is of a type that brevet does not sign with. */
  readonly jwk: PublicJwk | null;
  /** Everything that stands there, in its order; kept as it is when the set is published again. */
  readonly members: Readonly<Record<string, unknown>>;
}

const HINTS = [
  "where it is published, brevet writes over nothing that it cannot read: mend or delete it there, then `brevet issuer publish`",
  "`brevet issuer generate` makes the copy of this machine anew; `--output DIR` shows what it should look like",
];

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
    if (!isJsonObject(value)) {
      throw new Fault("ISSUER_DOCUMENT_INVALID", `keys[${index}] of ${where} is not an object`, { hints: HINTS });
    }
    if (typeof value["kty"] !== "string") {
      throw new Fault("ISSUER_DOCUMENT_INVALID", `keys[${index}] of ${where} has no "kty"`, { hints: HINTS });
    }
    const kid = value["kid"];
    return { kid: typeof kid === "string" ? kid : null, jwk: parsePublicJwk(value), members: value };
  });
}

function parseKeysMember(body: string, where: string): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new Fault("ISSUER_DOCUMENT_INVALID", `${where} is not JSON`, { cause, hints: HINTS });
  }
  const keys = isJsonObject(value) ? value["keys"] : undefined;
  if (!Array.isArray(keys)) {
    throw new Fault("ISSUER_DOCUMENT_INVALID", `${where} is not a JWK set: it has no "keys" array`, { hints: HINTS });
  }
  return keys;
}
