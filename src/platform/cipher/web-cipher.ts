import { hmacSha256 } from "../../core/digest.ts";
import type { Cipher, CipherInput, DeriveInput } from "./cipher.ts";

const HASH_BYTES = 32;

/** The cipher on WebCrypto, but for HKDF: there each derivation is two errands for a thread, and takes as long as all the rest. */
export const webCipher: Cipher = {
  async seal(input) {
    return new Uint8Array(await crypto.subtle.encrypt(parameters(input), await importKey(input, "encrypt"), own(input.text)));
  },
  async open(input) {
    const key = await importKey(input, "decrypt");
    try {
      return new Uint8Array(await crypto.subtle.decrypt(parameters(input), key, own(input.text)));
    } catch {
      return null;
    }
  },
  derive: async (input) => hkdf(input),
};

/** @see RFC 5869 §2 */
function hkdf({ secret, salt, info, bytes }: DeriveInput): Uint8Array {
  // §2.2: no salt is as many zeros as the hash has bytes.
  const key = hmacSha256(salt === "" ? new Uint8Array(HASH_BYTES) : Buffer.from(salt), secret);
  const blocks: Uint8Array[] = [];
  for (let block = 1; blocks.length * HASH_BYTES < bytes; block++) {
    blocks.push(hmacSha256(key, Buffer.concat([blocks.at(-1) ?? new Uint8Array(), Buffer.from(info), Uint8Array.of(block)])));
  }
  return Buffer.concat(blocks, bytes);
}

function parameters({ nonce, associated }: CipherInput) {
  return { name: "AES-GCM", iv: own(nonce), additionalData: own(associated), tagLength: 128 };
}

function importKey({ key }: CipherInput, usage: "encrypt" | "decrypt") {
  return crypto.subtle.importKey("raw", own(key), "AES-GCM", false, [usage]);
}

/** WebCrypto's types refuse views of shared memory, which a view of any buffer might be. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
