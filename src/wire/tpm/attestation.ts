import { Fault } from "../../core/fault.ts";
import { parseJsonObject } from "../../core/json-object.ts";
import { decodeBase64url, encodeBase64url } from "../jwt/base64url.ts";

/*
 * The three documents by which a device proves that its key is in a TPM, each JSON with base64url: the request goes to whoever
 * admits devices, the challenge comes back, and the answer goes there. None holds a secret of the device.
 */

/** What a device says of its key. */
export interface AttestationRequest {
  /** TPMT_PUBLIC of the device key. */
  readonly key: Uint8Array;
  /** TPMT_PUBLIC of the key that signs what the TPM says. */
  readonly attestationKey: Uint8Array;
  /** TPMS_ATTEST: the TPM certifies the device key. */
  readonly statement: Uint8Array;
  /** TPMT_SIGNATURE of the attestation key over the statement. */
  readonly signature: Uint8Array;
  /** DER: the maker of the TPM certifies the key that only this TPM has. */
  readonly certificate: Uint8Array;
}

/** A value that only the TPM of that certificate, with that attestation key in it, can read. */
export interface AttestationChallenge {
  readonly blob: Uint8Array;
  readonly secret: Uint8Array;
}

/** The value. */
export interface AttestationAnswer {
  readonly value: Uint8Array;
}

type Document = Readonly<Record<string, Uint8Array>>;

const MEMBERS = {
  request: ["key", "attestationKey", "statement", "signature", "certificate"],
  challenge: ["blob", "secret"],
  answer: ["value"],
} as const;

/** The names of the documents. */
export type AttestationDocument = keyof typeof MEMBERS;

interface Documents {
  readonly request: AttestationRequest;
  readonly challenge: AttestationChallenge;
  readonly answer: AttestationAnswer;
}

/** More than any of them has: a certificate of a TPM is below 2 kB. */
const MAX_CHARACTERS = 64 * 1024;

export function encodeAttestation<Name extends AttestationDocument>(name: Name, document: Documents[Name]): string {
  // Each of the three documents is bytes by name; an interface has no index by which TypeScript would see it.
  const members = Object.entries(document as unknown as Document).map(([member, bytes]) => [member, encodeBase64url(bytes)]);
  return `${JSON.stringify({ brevet: `tpm-attestation-${name}-1`, ...Object.fromEntries(members) }, null, 2)}\n`;
}

/** @throws {Fault} `ATTESTATION_REFUSED` for anything else than {@link encodeAttestation} makes. */
export function parseAttestation<Name extends AttestationDocument>(name: Name, text: string): Documents[Name] {
  const fields = text.length > MAX_CHARACTERS ? null : parseJsonObject(text);
  if (fields?.["brevet"] !== `tpm-attestation-${name}-1`) throw refused(`the ${name} is not one that brevet made`);
  const members = MEMBERS[name].map((member) => {
    const value = fields[member];
    const bytes = typeof value === "string" ? decodeBase64url(value) : null;
    if (bytes === null) throw refused(`the ${name} has no "${member}"`);
    return [member, new Uint8Array(bytes)];
  });
  // MEMBERS names every member of that document, and each was read above.
  return Object.fromEntries(members) as unknown as Documents[Name];
}

function refused(message: string): Fault {
  return new Fault("ATTESTATION_REFUSED", message);
}
