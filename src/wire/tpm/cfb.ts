/*
 * AES-128-CFB (NIST SP 800-38A §6.3), the cipher of TPMs, from the AES-CBC of WebCrypto, which has no CFB. The executable has WebCrypto
 * from the start, while `node:crypto` takes it 2 ms to load.
 */

import { joined } from "../../core/bytes.ts";

const BLOCK_BYTES = 16;

/** What a key of 16 bytes and an IV of 16 bytes do to a text of any length. */
export interface CfbInput {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly text: Uint8Array;
}

/**
 * Both modes feed the last ciphertext into the cipher. CFB makes block i of its key stream from the IV and the i − 1 blocks of text
 * before: `O₁ = E(IV)`, `Oᵢ = E(Oᵢ₋₁ ⊕ Pᵢ₋₁)`. That is what CBC makes of a block of zeros with that text behind it.
 */
export async function encryptCfb({ key, iv, text }: CfbInput): Promise<Uint8Array> {
  const shifted = new Uint8Array(BLOCK_BYTES + text.length);
  shifted.set(text, BLOCK_BYTES);
  return xored(text, await encryptCbc(await importKey(key), iv, shifted));
}

/** The key stream is made from the ciphertext, which is known as a whole: `Oᵢ = E(Cᵢ₋₁)`, each a CBC of one block. */
export async function decryptCfb({ key, iv, text }: CfbInput): Promise<Uint8Array> {
  const imported = await importKey(key);
  const inputs = [iv];
  for (let at = BLOCK_BYTES; at < text.length; at += BLOCK_BYTES) inputs.push(text.subarray(at - BLOCK_BYTES, at));
  const nothing = new Uint8Array(BLOCK_BYTES);
  const blocks = await Promise.all(inputs.map((input) => encryptCbc(imported, input, nothing)));
  return xored(text, joined(...blocks.map((block) => block.subarray(0, BLOCK_BYTES))));
}

function importKey(key: Uint8Array) {
  return crypto.subtle.importKey("raw", new Uint8Array(key), "AES-CBC", false, ["encrypt"]);
}

/** The ciphertext and what CBC pads it with, which nobody reads. */
async function encryptCbc(key: Awaited<ReturnType<typeof importKey>>, iv: Uint8Array, text: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CBC", iv: new Uint8Array(iv) }, key, new Uint8Array(text)));
}

function xored(text: Uint8Array, stream: Uint8Array): Uint8Array {
  return text.map((byte, index) => byte ^ (stream[index] ?? 0));
}
