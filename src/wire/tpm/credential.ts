import { constants, type KeyObject, publicEncrypt } from "node:crypto";
import { joined } from "../../core/bytes.ts";
import { hmacSha256 } from "../../core/digest.ts";
import type { RandomBytes } from "../../core/random.ts";
import { sized } from "./bytes.ts";
import { encryptCfb } from "./cfb.ts";
import type { EncryptedCredential } from "./endorsement.ts";
import { deriveKey } from "./session.ts";

const HASH_BITS = 256;
const CIPHER_BITS = 128;

/**
 * Encrypts `value` so that the TPM of that endorsement key alone gives it out, and only while an object of that name is
 * loaded in it: what TPM2_MakeCredential does, without a TPM.
 *
 * @param endorsementKey RSA-2048, from a certificate that was checked.
 * @see TPM 2.0 Part 1 §24 and §B.10.3
 */
export async function makeCredential(
  endorsementKey: KeyObject,
  name: Uint8Array,
  value: Uint8Array,
  random: RandomBytes,
): Promise<EncryptedCredential> {
  const seed = random(HASH_BITS / 8);
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const secret = publicEncrypt({ key: endorsementKey, padding, oaepHash: "sha256", oaepLabel: Buffer.from("IDENTITY\0") }, seed);
  const nothing = new Uint8Array();
  const key = deriveKey(seed, "STORAGE", name, nothing, CIPHER_BITS);
  const encrypted = await encryptCfb({ key, iv: new Uint8Array(CIPHER_BITS / 8), text: sized(value) });
  const integrity = hmacSha256(deriveKey(seed, "INTEGRITY", nothing, nothing, HASH_BITS), joined(encrypted, name));
  return { blob: joined(sized(integrity), encrypted), secret: new Uint8Array(secret) };
}
