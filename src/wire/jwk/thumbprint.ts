import { base64urlOf } from "../../core/bytes.ts";
import { sha256 } from "../../core/digest.ts";
import type { PublicJwk } from "../../core/signer.ts";

/**
 * The SHA-256 thumbprint of a public key, base64url: the `kid` of every key that brevet publishes, so that a
 * key identifier cannot name another key.
 *
 * @see RFC 7638 §3
 */
export function jwkThumbprint(jwk: PublicJwk): string {
  // RFC 7638 §3.2: the required members only, in the order of their Unicode code points, without white space.
  const canonical = jwk.kty === "EC" ? { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y } : { e: jwk.e, kty: jwk.kty, n: jwk.n };
  return base64urlOf(sha256(JSON.stringify(canonical)));
}

/** Whether a text has the form of one, whole. */
export function isThumbprint(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}
