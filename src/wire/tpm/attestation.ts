import { type DocumentForm, encodeDocument, parseDocument } from "../attestation/document.ts";

/*
 * The three documents by which a device proves that its key is in a TPM: the request goes to whoever admits devices, the challenge
 * comes back, and the answer goes there.
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

interface Documents {
  readonly request: AttestationRequest;
  readonly challenge: AttestationChallenge;
  readonly answer: AttestationAnswer;
}

/** The names of the documents. */
export type AttestationDocument = keyof Documents;

type Forms = { readonly [Name in AttestationDocument]: DocumentForm<Extract<keyof Documents[Name], string>> };

const FORMS: Forms = {
  request: {
    word: "tpm-attestation-request-1",
    title: "request",
    members: ["key", "attestationKey", "statement", "signature", "certificate"],
  },
  challenge: { word: "tpm-attestation-challenge-1", title: "challenge", members: ["blob", "secret"] },
  answer: { word: "tpm-attestation-answer-1", title: "answer", members: ["value"] },
};

/** By it a request is known to be of a TPM. */
export const TPM_REQUEST_WORD = FORMS.request.word;

export function encodeAttestation<Name extends AttestationDocument>(name: Name, document: Documents[Name]): string {
  return encodeDocument<string>(FORMS[name], { ...document });
}

/** @throws {Fault} `ATTESTATION_REFUSED` for anything else than {@link encodeAttestation} makes. */
export function parseAttestation<Name extends AttestationDocument>(name: Name, text: string): Documents[Name] {
  // The form of a document has every member of it.
  return parseDocument<string>(FORMS[name], text) as unknown as Documents[Name];
}
