import type { webcrypto } from "node:crypto";
import { bytesOfBase64 } from "../../core/bytes.ts";
import { Fault } from "../../core/fault.ts";
import type { Secret } from "../../core/secret.ts";
import type { PublicKey, SignatureAlgorithm, SigningKey } from "../../core/signer.ts";
import { parsePublicJwk } from "../../wire/jwk/public-jwk.ts";
import { jwkThumbprint } from "../../wire/jwk/thumbprint.ts";
import { WEB_ALGORITHMS } from "../../wire/jwt/web-algorithms.ts";

/** RSA of 2048 bits is what every verifier takes; a longer key makes each signature slower, and this one can be copied anyway. */
const NEW_KEYS = {
  ES256: WEB_ALGORITHMS.ES256,
  RS256: { ...WEB_ALGORITHMS.RS256, modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
} as const;

/** A new key and its PKCS#8 form in base64, for the store and nobody else. */
export async function createSealedKey(algorithm: SignatureAlgorithm): Promise<{ pkcs8: string; key: PublicKey }> {
  const { privateKey } = (await crypto.subtle.generateKey(NEW_KEYS[algorithm], true, [
    "sign",
    "verify",
  ])) as webcrypto.CryptoKeyPair;
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey("pkcs8", privateKey)).toString("base64");
  return { pkcs8, key: await publicKeyOf(privateKey, algorithm) };
}

/**
 * The key that {@link createSealedKey} made, ready to sign.
 *
 * @param name of the entry, for the message.
 * @throws {Fault} `STORE_ENTRY_DAMAGED` if the entry holds anything else.
 */
export async function openSealedKey(sealed: Secret<string>, algorithm: SignatureAlgorithm, name: string): Promise<SigningKey> {
  try {
    const pkcs8 = bytesOfBase64(sealed.reveal(), "base64");
    const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, WEB_ALGORITHMS[algorithm], true, ["sign"]);
    const key = await publicKeyOf(privateKey, algorithm);
    return { ...key, sign: (message) => signBy(privateKey, algorithm, message) };
  } catch {
    // The reason is left out: it may describe the key.
    throw new Fault("STORE_ENTRY_DAMAGED", `the entry ${name} does not hold an ${algorithm} key`);
  }
}

async function signBy(key: webcrypto.CryptoKey, algorithm: SignatureAlgorithm, message: Uint8Array): Promise<Uint8Array> {
  try {
    return new Uint8Array(await crypto.subtle.sign(WEB_ALGORITHMS[algorithm], key, new Uint8Array(message)));
  } catch (cause) {
    throw new Fault("SIGNER_FAILED", "the software signer could not sign", { cause });
  }
}

async function publicKeyOf(privateKey: webcrypto.CryptoKey, algorithm: SignatureAlgorithm): Promise<PublicKey> {
  const jwk = parsePublicJwk(await crypto.subtle.exportKey("jwk", privateKey));
  if (jwk === null || (algorithm === "ES256") !== (jwk.kty === "EC")) throw new TypeError(`not an ${algorithm} key`);
  return { kid: jwkThumbprint(jwk), algorithm, jwk };
}
