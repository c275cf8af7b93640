import type { PublicJwk } from "../../core/signer.ts";
import { algorithmOf } from "../jwk/public-jwk.ts";
import { WEB_ALGORITHMS } from "./web-algorithms.ts";

/** No boolean: a promise of one that nobody awaited would be true, and a word is never equal to a promise. */
export type SignatureCheck = "matches" | "differs";

/**
 * Whether `signature` was made over `message` with the private half of `jwk`: ES256 for an EC key, RS256 for an RSA key.
 *
 * This is the check of our own signatures before they leave the machine. Nothing about the claims is checked here.
 *
 * @see RFC 7515 §5.2 step 8; RFC 7518 §3.3, §3.4
 */
export async function checkSignature(jwk: PublicJwk, message: Uint8Array, signature: Uint8Array): Promise<SignatureCheck> {
  const algorithm = WEB_ALGORITHMS[algorithmOf(jwk)];
  const key = await crypto.subtle.importKey("jwk", { ...jwk }, algorithm, false, ["verify"]);
  const matches = await crypto.subtle.verify(algorithm, key, new Uint8Array(signature), new Uint8Array(message));
  return matches ? "matches" : "differs";
}
