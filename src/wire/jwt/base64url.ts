/** RFC 7515 §2: the URL-safe alphabet without padding. */
export function encodeBase64url(bytes: Uint8Array | string): string {
  // Buffer.from takes either, by two overloads of which neither takes the union.
  return Buffer.from(bytes as Uint8Array).toString("base64url");
}

/**
 * Reads base64url strictly: no padding, no white space, no other alphabet, no stray bits at the end, so that one
 * value has one spelling. Node alone would take all of these.
 *
 * @returns null for anything else.
 */
export function decodeBase64url(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : null;
}
