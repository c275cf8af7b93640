import type { PublicJwk, SignatureAlgorithm } from "../../core/signer.ts";
import { encodeBase64url } from "./base64url.ts";

/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [member: string]: Json };

/** The claims of a JWT that brevet signs. Times are whole seconds: AWS refuses fractions. */
export interface JwtClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  readonly [claim: string]: Json;
}

/** The header of a JWT that brevet signs: the key by its id, or, where a verifier has not seen it before, itself. */
export interface JwtHeader {
  readonly alg: SignatureAlgorithm;
  readonly kid?: string;
  readonly jwk?: PublicJwk;
  readonly typ: string;
}

/** What a signature of a JWT covers: `BASE64URL(header) . BASE64URL(claims)`. @see RFC 7515 §5.1 */
export function jwtSigningInput(header: JwtHeader, claims: Readonly<Record<string, Json>>): string {
  return `${encodeBase64url(JSON.stringify(header))}.${encodeBase64url(JSON.stringify(claims))}`;
}

/** The characters that {@link compactJwt} will have, before there is a signature: its length is the key's. @see RFC 7518 §3.3, §3.4 */
export function compactJwtLength(signingInput: string, key: PublicJwk): number {
  const ecBytes = 64;
  const signature = key.kty === "RSA" ? key.n.length : Math.ceil((ecBytes * 4) / 3);
  return signingInput.length + 1 + signature;
}

/** The compact serialisation. @see RFC 7515 §7.1 */
export function compactJwt(signingInput: string, signature: Uint8Array): string {
  return `${signingInput}.${encodeBase64url(signature)}`;
}
