import { isJsonObject } from "../../core/json-object.ts";
import type { PublicJwk, SignatureAlgorithm } from "../../core/signer.ts";
import { decodeBase64url } from "../jwt/base64url.ts";

/** Bytes of a P-256 coordinate. RFC 7518 §6.2.1.2: leading zeros are kept. */
const COORDINATE_BYTES = 32;

/** RFC 7518 §3.3: "A key of size 2048 bits or larger MUST be used". */
const MIN_MODULUS_BYTES = 256;

/** No verifier takes more; a longer one only costs time to check. */
const MAX_MODULUS_BYTES = 1024;

/**
 * Reads the public members of a JWK, whatever else it holds.
 *
 * @returns null if it is not a P-256 or an RSA signing key in the form of RFC 7518 §6.2–6.3: a JWKS may hold others.
 */
export function parsePublicJwk(value: unknown): PublicJwk | null {
  if (!isJsonObject(value)) return null;
  const { kty, crv, x, y, n, e } = value;
  if (kty === "EC" && crv === "P-256" && isCoordinate(x) && isCoordinate(y)) return { kty, crv, x, y };
  if (kty === "RSA" && isModulus(n) && isInteger(e)) return { kty, n, e };
  return null;
}

/** The one algorithm that brevet signs with by a key of that type. */
export function algorithmOf(jwk: PublicJwk): SignatureAlgorithm {
  return jwk.kty === "EC" ? "ES256" : "RS256";
}

function isCoordinate(value: unknown): value is string {
  return typeof value === "string" && decodeBase64url(value)?.length === COORDINATE_BYTES;
}

function isModulus(value: unknown): value is string {
  if (!isInteger(value)) return false;
  const length = decodeBase64url(value)?.length ?? 0;
  return length >= MIN_MODULUS_BYTES && length <= MAX_MODULUS_BYTES;
}

/** RFC 7518 §2, Base64urlUInt: big-endian, in the fewest octets. A padded one would have another thumbprint. */
function isInteger(value: unknown): value is string {
  if (typeof value !== "string") return false;
  const bytes = decodeBase64url(value);
  return bytes !== null && bytes.length > 0 && bytes[0] !== 0;
}
