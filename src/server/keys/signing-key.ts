import { createPrivateKey, generateKeyPair, type JsonWebKey, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { PublicJwk, SignatureAlgorithm } from "../../core/signer.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { parsePublicJwk } from "../../wire/jwk/public-jwk.ts";
import { jwkThumbprint } from "../../wire/jwk/thumbprint.ts";

/** One signing key of the server, opened. `kid` is its RFC 7638 thumbprint. */
export interface ServerKey {
  readonly kid: string;
  readonly algorithm: SignatureAlgorithm;
  readonly jwk: PublicJwk;
  /** With its private members, for the OpenID provider. */
  readonly privateJwk: JsonWebKey;
  readonly privateKey: KeyObject;
  readonly madeAt: EpochSeconds;
  /** Published before; verifiers have had the time to see it. */
  readonly signsFrom: EpochSeconds;
  /** Signs no more; published until its last token has expired. */
  readonly retiredAt: EpochSeconds | null;
}

/** RSA of 3072 bits: NIST SP 800-57 part 1, table 4: good beyond 2030. */
const RSA_BITS = 3072;

const generate = promisify(generateKeyPair);

/** A new private key as a JWK. One of RSA takes up to seconds, in which the server goes on serving. */
export async function generatePrivateJwk(algorithm: SignatureAlgorithm): Promise<JsonWebKey> {
  const { privateKey } = await (algorithm === "ES256"
    ? generate("ec", { namedCurve: "P-256" })
    : generate("rsa", { modulusLength: RSA_BITS }));
  return privateKey.export({ format: "jwk" });
}

/** The public half of a private JWK, and its thumbprint. */
export function publicHalf(privateJwk: JsonWebKey): { readonly kid: string; readonly jwk: PublicJwk } {
  const jwk = parsePublicJwk({ ...privateJwk });
  if (jwk === null) throw new TypeError("a key of a kind that the server does not make");
  return { kid: jwkThumbprint(jwk), jwk };
}

/** What a JWK from the database signs with. */
export function privateKeyOf(privateJwk: JsonWebKey): KeyObject {
  return createPrivateKey({ key: privateJwk, format: "jwk" });
}
