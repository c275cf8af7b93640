import { sha256 } from "../../core/digest.ts";
import { type DocumentForm, encodeDocument, parseDocument } from "../attestation/document.ts";

/** What a device says of its key in a PIV token. The key itself is in the statement alone. */
export interface PivRequest {
  /** DER: the token certifies that this key was generated in it. */
  readonly statement: Uint8Array;
  /** DER: the maker of the token certifies the key in its slot f9, which signs statements. */
  readonly attester: Uint8Array;
  /** A signature of the device key over {@link proofMessage}, in the form of JWS. */
  readonly proof: Uint8Array;
}

const REQUEST: DocumentForm<keyof PivRequest> = {
  word: "piv-attestation-request-1",
  title: "request",
  members: ["statement", "attester", "proof"],
};

/** By it a request is known to be of a PIV token. */
export const PIV_REQUEST_WORD = REQUEST.word;

export function encodePivRequest(request: PivRequest): string {
  return encodeDocument(REQUEST, { ...request });
}

/** @throws {Fault} `ATTESTATION_REFUSED` for anything else than {@link encodePivRequest} makes. */
export function parsePivRequest(text: string): PivRequest {
  return parseDocument(REQUEST, text);
}

/**
 * What the device key signs to show that it is there: bound to both certificates, and nothing that a verifier of JWTs could be
 * shown, for it holds spaces and a zero byte, which a JWS signing input never does (RFC 7515 §5.1).
 */
export function proofMessage({ statement, attester }: Omit<PivRequest, "proof">): Uint8Array {
  const purpose = Buffer.from("brevet: this key is in a PIV token\0", "latin1");
  return new Uint8Array(Buffer.concat([purpose, sha256(statement), sha256(attester)]));
}
