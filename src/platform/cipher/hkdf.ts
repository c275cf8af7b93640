import { joined, utf8 } from "../../core/bytes.ts";
import { hmacSha256 } from "../../core/digest.ts";

const HASH_BYTES = 32;

/** What a key is derived from, and how long it is. */
export interface DeriveInput {
  readonly secret: Uint8Array;
  readonly salt: string;
  readonly info: string;
  readonly bytes: number;
}

/**
 * HKDF with SHA-256 over the HMAC of each runtime: in Bun a derivation by WebCrypto is two errands for a thread, and in Node the first
 * `hkdfSync` costs twice what the first HMAC does.
 *
 * @see RFC 5869 §2
 */
export function hkdf({ secret, salt, info, bytes }: DeriveInput): Uint8Array {
  // §2.2: no salt is as many zeros as the hash has bytes.
  const key = hmacSha256(salt === "" ? new Uint8Array(HASH_BYTES) : utf8(salt), secret);
  const blocks: Uint8Array[] = [];
  let block: Uint8Array = new Uint8Array();
  for (let count = 1; blocks.length * HASH_BYTES < bytes; count++) {
    block = hmacSha256(key, joined(block, utf8(info), Uint8Array.of(count)));
    blocks.push(block);
  }
  return joined(...blocks).subarray(0, bytes);
}
