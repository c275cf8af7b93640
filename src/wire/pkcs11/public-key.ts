import type { PublicJwk } from "../../core/signer.ts";
import { parsePublicJwk } from "../jwk/public-jwk.ts";
import { P256_PARAMETERS } from "./constants.ts";

/**
 * The public key of an EC public key object.
 *
 * @param parameters CKA_EC_PARAMS, DER.
 * @param point CKA_EC_POINT: the DER of an OCTET STRING that holds 04 ‖ x ‖ y (v2.40 §2.3.3), or from some modules the point bare.
 * @returns null unless it is a P-256 key.
 */
export function ecPublicJwk(parameters: Buffer, point: Buffer): PublicJwk | null {
  if (!parameters.equals(P256_PARAMETERS)) return null;
  const wrapped = point.length === 67 && point[0] === 0x04 && point[1] === 65;
  const bare = wrapped ? point.subarray(2) : point;
  if (bare.length !== 65 || bare[0] !== 0x04) return null;
  const [x, y] = [bare.subarray(1, 33), bare.subarray(33)];
  return parsePublicJwk({ kty: "EC", crv: "P-256", x: x.toString("base64url"), y: y.toString("base64url") });
}

/** The public key of an RSA key object: big-endian numbers, with leading zeros from some modules. */
export function rsaPublicJwk(modulus: Buffer, exponent: Buffer): PublicJwk | null {
  return parsePublicJwk({ kty: "RSA", n: withoutZeros(modulus), e: withoutZeros(exponent) });
}

/** The public key of an X.509 certificate, DER: smart cards have one where they have no public key object. */
export function certifiedPublicJwk(certificate: Buffer): PublicJwk | null {
  try {
    // Loaded when needed: few tokens need it, and in the executable loading it takes as long as a signature.
    const { X509Certificate } = process.getBuiltinModule("node:crypto");
    return parsePublicJwk(new X509Certificate(certificate).publicKey.export({ format: "jwk" }));
  } catch {
    return null;
  }
}

function withoutZeros(number: Buffer): string {
  const first = number.findIndex((byte) => byte !== 0);
  return first === -1 ? "" : number.subarray(first).toString("base64url");
}
