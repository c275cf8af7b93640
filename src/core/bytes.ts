/*
 * Bytes and text without `Buffer`: its first use takes the executable a sixth of a millisecond, and has Node compile a dozen
 * functions of its own (docs/decisions/0180). Where the runtime lacks what ES2026 gives a Uint8Array (Node before 25), `Buffer` does it.
 */

interface Encoding {
  toHex?(): string;
  toBase64?(options: Base64Form): string;
}

interface Decoding {
  fromHex?(text: string): Uint8Array<ArrayBuffer>;
  fromBase64?(text: string, options: Base64Form): Uint8Array<ArrayBuffer>;
}

interface Base64Form {
  readonly alphabet: "base64" | "base64url";
  readonly omitPadding?: true;
}

/** The text in UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** The text that {@link utf8} encoded; a replacement character for each byte that is not UTF-8. A byte order mark stays. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** All of them, one after the other. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Whether both hold the same bytes. It ends at the first difference, so secrets are not compared by it. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

/** In hexadecimal, small letters. */
export function hexOf(bytes: Uint8Array & Encoding): string {
  return bytes.toHex?.() ?? Buffer.from(bytes).toString("hex");
}

/** In base64url without padding (RFC 4648 §5). */
export function base64urlOf(bytes: Uint8Array & Encoding): string {
  return bytes.toBase64?.({ alphabet: "base64url", omitPadding: true }) ?? Buffer.from(bytes).toString("base64url");
}

/** The bytes that a text holds in hexadecimal; of another text some bytes or none, as the runtime likes. */
export function bytesOfHex(text: string): Uint8Array<ArrayBuffer> {
  return ofText(() => (Uint8Array as Decoding).fromHex?.(text) ?? new Uint8Array(Buffer.from(text, "hex")));
}

/** The bytes that a text holds in base64, padded or not; of another text some bytes or none, as the runtime likes. */
export function bytesOfBase64(text: string, alphabet: Base64Form["alphabet"]): Uint8Array<ArrayBuffer> {
  return ofText(() => (Uint8Array as Decoding).fromBase64?.(text, { alphabet }) ?? new Uint8Array(Buffer.from(text, alphabet)));
}

function ofText(read: () => Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  try {
    return read();
  } catch {
    return new Uint8Array();
  }
}
