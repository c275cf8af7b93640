import type { PublicJwk, PublicKey } from "../../core/signer.ts";
import { algorithmOf, parsePublicJwk } from "../jwk/public-jwk.ts";
import { jwkThumbprint } from "../jwk/thumbprint.ts";
import { encodeBase64url } from "../jwt/base64url.ts";
import { u32 } from "./bytes.ts";
import type { EccArea, PublicArea, RsaArea } from "./public-area.ts";

/** The key as verifiers know it; null for an area that holds none that brevet signs with. */
export function publicKeyOf(area: PublicArea): PublicKey | null {
  const jwk = area.type === "ecc" || area.type === "rsa" ? parsePublicJwk(membersOf(area)) : null;
  return jwk === null ? null : { kid: jwkThumbprint(jwk), algorithm: algorithmOf(jwk), jwk };
}

function membersOf(area: EccArea | RsaArea): PublicJwk {
  if (area.type === "ecc") return { kty: "EC", crv: "P-256", x: encodeBase64url(area.x), y: encodeBase64url(area.y) };
  return { kty: "RSA", n: integer(area.modulus), e: integer(u32(area.exponent)) };
}

/** RFC 7518 §2, Base64urlUInt: no leading zeros. */
function integer(bytes: Uint8Array): string {
  const first = bytes.findIndex((byte) => byte !== 0);
  return encodeBase64url(bytes.subarray(first === -1 ? bytes.length : first));
}
