/** Bytes of each half of an ES256 signature (RFC 7518 §3.4). */
const HALF = 32;

/**
 * Turns the form that X.509 has for ECDSA signatures into the form of JWS.
 *
 * ECDSA-Sig-Value (RFC 3279 §2.2.3), DER: 30 len ‖ 02 len r ‖ 02 len s.
 *
 * @returns `r ‖ s`, 64 bytes; null for anything but the one DER encoding of two positive integers below 2^256.
 */
export function ecdsaSignatureFromDer(der: Uint8Array): Uint8Array | null {
  // The longest is 72 bytes, so every length is one octet.
  if (der[0] !== 0x30 || der[1] !== der.length - 2 || der.length > 2 + 2 * (2 + HALF + 1)) return null;
  const r = readInteger(der, 2);
  const s = r === null ? null : readInteger(der, r.end);
  if (r === null || s === null || s.end !== der.length) return null;
  return Buffer.concat([r.value, s.value]);
}

function readInteger(der: Uint8Array, at: number): { readonly value: Uint8Array; readonly end: number } | null {
  const length = der[at + 1] ?? 0;
  const end = at + 2 + length;
  if (der[at] !== 0x02 || length === 0 || end > der.length) return null;
  const octets = der.subarray(at + 2, end);
  const [first = 0, second = 0] = octets;
  // X.690 §8.3.2: the fewest octets. A set first bit is a negative number, and no half is zero.
  if (first > 0x7f || (first === 0 && second < 0x80)) return null;
  const digits = first === 0 ? octets.subarray(1) : octets;
  if (digits.length > HALF) return null;
  return { value: Buffer.concat([Buffer.alloc(HALF - digits.length), digits]), end };
}
