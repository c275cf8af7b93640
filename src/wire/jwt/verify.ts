import { createPublicKey, verify } from "node:crypto";
import type { PublicJwk } from "../../core/signer.ts";

/**
 * Whether `signature` was made over `message` with the private half of `jwk`: ES256 for an EC key, RS256 for an RSA key.
 *
 * This is the check of our own signatures before they leave the machine. Nothing about the claims is checked here.
 *
 * @see RFC 7515 §5.2 step 8; RFC 7518 §3.3, §3.4
 */
export function signatureMatches(jwk: PublicJwk, message: Uint8Array, signature: Uint8Array): boolean {
  const key = createPublicKey({ key: { ...jwk }, format: "jwk" });
  // RFC 7518 §3.4: `r ‖ s`, 64 octets; RSA ignores the encoding.
  return verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature);
}
