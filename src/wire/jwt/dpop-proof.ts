import type { PublicKey } from "../../core/signer.ts";
import { encodeBase64url } from "./base64url.ts";

/** What a DPoP proof says: that the holder of a key sends this request, now. @see RFC 9449 §4.2 */
export interface DpopClaims {
  readonly htm: string;
  /** Without query and fragment. */
  readonly htu: string;
  readonly iat: number;
  readonly jti: string;
}

/** What the signature of a DPoP proof covers. The key goes with it: the server compares its thumbprint with the token's. */
export function dpopProofInput({ algorithm, jwk }: Pick<PublicKey, "algorithm" | "jwk">, claims: DpopClaims): string {
  const header = { alg: algorithm, typ: "dpop+jwt", jwk };
  return `${encodeBase64url(JSON.stringify(header))}.${encodeBase64url(JSON.stringify(claims))}`;
}
