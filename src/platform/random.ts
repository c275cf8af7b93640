import { hexOf } from "../core/bytes.ts";

/** Random bytes from the system, without loading `node:crypto`. */
export function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}

/** As many random bytes, in hex. */
export function randomHex(count: number): string {
  return hexOf(randomBytes(count));
}
