import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";
import { Fault } from "../../core/fault.ts";
import type { Secret } from "../../core/secret.ts";
import type { PublicJwk, PublicKey, SignatureAlgorithm, SigningKey } from "../../core/signer.ts";
import { parsePublicJwk } from "../../wire/jwk/public-jwk.ts";
import { jwkThumbprint } from "../../wire/jwk/thumbprint.ts";

/** What every verifier takes; a longer key makes each signature slower, and this one can be copied anyway. */
const RSA_MODULUS_BITS = 2048;

/** A new key and its PKCS#8 form in base64, for the store and nobody else. */
export async function createSealedKey(algorithm: SignatureAlgorithm): Promise<{ pkcs8: string; key: PublicKey }> {
  const generate = promisify(generateKeyPair);
  const { privateKey } =
    algorithm === "ES256"
      ? await generate("ec", { namedCurve: "P-256" })
      : await generate("rsa", { modulusLength: RSA_MODULUS_BITS });
  const pkcs8 = privateKey.export({ format: "der", type: "pkcs8" }).toString("base64");
  return { pkcs8, key: publicKeyOf(privateKey, algorithm) };
}

/**
 * The key that {@link createSealedKey} made, ready to sign.
 *
 * @param name of the entry, for the message.
 * @throws {Fault} `STORE_ENTRY_DAMAGED` if the entry holds anything else.
 */
export function openSealedKey(sealed: Secret<string>, algorithm: SignatureAlgorithm, name: string): SigningKey {
  let privateKey: KeyObject;
  let key: PublicKey;
  try {
    privateKey = createPrivateKey({ key: Buffer.from(sealed.reveal(), "base64"), format: "der", type: "pkcs8" });
    key = publicKeyOf(privateKey, algorithm);
  } catch {
    // OpenSSL's reason is left out: it may describe the key.
    throw new Fault("STORE_ENTRY_DAMAGED", `the entry ${name} does not hold an ${algorithm} key`);
  }
  return { ...key, sign: async (message) => signSha256(privateKey, message) };
}

function signSha256(key: KeyObject, message: Uint8Array): Uint8Array {
  try {
    return sign("sha256", message, { key, dsaEncoding: "ieee-p1363" });
  } catch (cause) {
    throw new Fault("SIGNER_FAILED", "the software signer could not sign", { cause });
  }
}

function publicKeyOf(privateKey: KeyObject, algorithm: SignatureAlgorithm): PublicKey {
  const jwk: PublicJwk | null = parsePublicJwk(createPublicKey(privateKey).export({ format: "jwk" }));
  if (jwk === null || (algorithm === "ES256") !== (jwk.kty === "EC")) throw new TypeError(`not an ${algorithm} key`);
  return { kid: jwkThumbprint(jwk), algorithm, jwk };
}
