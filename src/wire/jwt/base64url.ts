import { base64urlOf, bytesOfBase64, utf8 } from "../../core/bytes.ts";

/** RFC 7515 §2: the URL-safe alphabet without padding. */
export function encodeBase64url(bytes: Uint8Array | string): string {
  return base64urlOf(typeof bytes === "string" ? utf8(bytes) : bytes);
}

/**
 * Reads base64url strictly: no padding, no white space, no other alphabet, no stray bits at the end, so that one
 * value has one spelling. The runtimes take all of these.
 *
 * @returns null for anything else.
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = bytesOfBase64(text, "base64url");
  return base64urlOf(bytes) === text ? bytes : null;
}
