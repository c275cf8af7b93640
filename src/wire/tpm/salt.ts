import { joined, utf8 } from "../../core/bytes.ts";
import { sha256 } from "../../core/digest.ts";
import type { RandomBytes } from "../../core/random.ts";
import { malformed, sized, u8, u32 } from "./bytes.ts";
import type { EccArea, RsaArea } from "./public-area.ts";
import { publicKeyOf } from "./public-key.ts";

/*
 * What a session with a TPM is keyed by: a secret that only the holder of a private key in that TPM reads (Part 1 §B.10.2, §C.6.1).
 */

const LABEL = utf8("SECRET\0");
const SALT_BYTES = 32;
const P256 = { name: "ECDH", namedCurve: "P-256" } as const;

/** A salt and the form in which only the holder of the private key reads it. */
export interface EncryptedSalt {
  readonly salt: Uint8Array;
  readonly encrypted: Uint8Array;
}

/** A key pair for one salt, which is being made. */
export type EphemeralKey = ReturnType<typeof makeEphemeralKey>;

/** It depends on nothing, so it is made while the TPM is at work. */
export function makeEphemeralKey() {
  return crypto.subtle.generateKey(P256, false, ["deriveBits"]);
}

/**
 * Makes a salt for the key.
 *
 * @param ephemeral used for a key on a curve, once.
 * @throws {Fault} `SIGNER_FAILED` for an invalid public key.
 */
export async function encryptSalt(key: EccArea | RsaArea, ephemeral: EphemeralKey, random: RandomBytes): Promise<EncryptedSalt> {
  try {
    return key.type === "ecc" ? await eccSalt(key, await ephemeral) : await rsaSalt(key, random(SALT_BYTES));
  } catch {
    throw malformed("the public part of the storage root key is not a key");
  }
}

async function eccSalt({ x, y }: EccArea, own: Awaited<EphemeralKey>): Promise<EncryptedSalt> {
  const theirs = await crypto.subtle.importKey("raw", new Uint8Array(joined(u8(4), x, y)), P256, false, []);
  const shared = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, own.privateKey, 256));
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", own.publicKey));
  const [ownX, ownY] = [point.subarray(1, 33), point.subarray(33)];
  // Part 1 §11.4.10.3, KDFe: one block of SHA-256 is all that is needed.
  const salt = sha256(joined(u32(1), shared, LABEL, ownX, x));
  return { salt, encrypted: joined(sized(ownX), sized(ownY)) };
}

async function rsaSalt(area: RsaArea, salt: Uint8Array): Promise<EncryptedSalt> {
  const jwk = { ...publicKeyOf(area)?.jwk };
  const key = await crypto.subtle.importKey("jwk", jwk, { name: "RSA-OAEP", hash: "SHA-256" }, false, ["encrypt"]);
  const encrypted = await crypto.subtle.encrypt({ name: "RSA-OAEP", label: LABEL }, key, new Uint8Array(salt));
  return { salt, encrypted: new Uint8Array(encrypted) };
}
