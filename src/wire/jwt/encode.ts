import type { SignatureAlgorithm } from "../../core/signer.ts";
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

/** What a signature of a JWT covers: `BASE64URL(header) . BASE64URL(claims)`. @see RFC 7515 §5.1 */
export function jwtSigningInput(algorithm: SignatureAlgorithm, kid: string, claims: JwtClaims): string {
  const header = { alg: algorithm, kid, typ: "JWT" };
  return `${encodeBase64url(JSON.stringify(header))}.${encodeBase64url(JSON.stringify(claims))}`;
}

/** The compact serialisation. @see RFC 7515 §7.1 */
export function compactJwt(signingInput: string, signature: Uint8Array): string {
  return `${signingInput}.${encodeBase64url(signature)}`;
}
