import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import type { PublicJwk, PublicKey, SignatureAlgorithm } from "../../core/signer.ts";
import { algorithmOf, parsePublicJwk } from "../../wire/jwk/public-jwk.ts";
import { jwkThumbprint } from "../../wire/jwk/thumbprint.ts";
import { decodeBase64url, encodeBase64url } from "../../wire/jwt/base64url.ts";
import { u32 } from "../../wire/tpm/bytes.ts";
import { type EccArea, type PublicArea, parsePublicArea, type RsaArea } from "../../wire/tpm/public-area.ts";
import type { WrappedObject } from "../../wire/tpm/tpm.ts";

/**
 * What is kept of a key in a TPM: its two halves as the TPM gave them out, of which only that TPM can use the private one,
 * and the name of the storage root under which it was made.
 */
export interface KeyRecord extends WrappedObject {
  readonly rootName: Uint8Array;
  readonly protection: "pin" | "none";
}

const VERSION = 1;

export function encodeKeyRecord({ publicArea, privateArea, rootName, protection }: KeyRecord): Secret<string> {
  const text = JSON.stringify({
    version: VERSION,
    public: encodeBase64url(publicArea),
    private: encodeBase64url(privateArea),
    root: encodeBase64url(rootName),
    protection,
  });
  return new Secret("wrapped key", text);
}

/**
 * Reads what {@link encodeKeyRecord} made.
 *
 * @param entry its name in the store, for the message.
 * @throws {Fault} `STORE_ENTRY_DAMAGED` if the entry holds anything else, or a key of another algorithm.
 */
export function parseKeyRecord(
  sealed: Secret<string>,
  algorithm: SignatureAlgorithm,
  entry: string,
): { readonly record: KeyRecord; readonly key: PublicKey } {
  const record = parseFields(sealed.reveal());
  const key = record === null ? null : readKey(record);
  if (record !== null && key?.algorithm === algorithm) return { record, key };
  throw new Fault("STORE_ENTRY_DAMAGED", `the entry ${entry} does not hold an ${algorithm} key of a TPM`);
}

function parseFields(text: string): KeyRecord | null {
  let fields: Readonly<Record<string, unknown>> | null;
  try {
    fields = JSON.parse(text) as typeof fields;
  } catch {
    return null;
  }
  if (fields?.["version"] !== VERSION) return null;
  const bytes = (name: string): Buffer | null => (typeof fields[name] === "string" ? decodeBase64url(fields[name]) : null);
  const [publicArea, privateArea, rootName] = [bytes("public"), bytes("private"), bytes("root")];
  const { protection } = fields;
  if (publicArea === null || privateArea === null || rootName === null) return null;
  return protection === "pin" || protection === "none" ? { publicArea, privateArea, rootName, protection } : null;
}

function readKey({ publicArea }: KeyRecord): PublicKey | null {
  try {
    return publicKeyOf(parsePublicArea(publicArea));
  } catch {
    return null;
  }
}

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
