import { createPublicKey, type KeyObject, verify, type X509Certificate } from "node:crypto";
import { sameBytes } from "../../core/bytes.ts";
import type { PublicKey } from "../../core/signer.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { type AttestationRequest, encodeAttestation, parseAttestation, TPM_REQUEST_WORD } from "../../wire/tpm/attestation.ts";
import { makeCredential } from "../../wire/tpm/credential.ts";
import { isResidentSigner, objectName, parsePublicArea } from "../../wire/tpm/public-area.ts";
import { publicKeyOf } from "../../wire/tpm/public-key.ts";
import { parseSignature } from "../../wire/tpm/signature.ts";
import { parseCertifyStatement } from "../../wire/tpm/statement.ts";
import { type AttestationKind, checkedSteps, readable as readableOf } from "../attestation-kind.ts";
import { verifyEndorsementCertificate } from "./endorsement-certificate.ts";

/** What a request proves once its challenge is answered; before that, whoever made it may have copied any part of it. */
export interface JudgedAttestation {
  readonly key: PublicKey;
  /** For this key and this name the challenge is made. */
  readonly endorsementKey: KeyObject;
  readonly attestationKeyName: Uint8Array;
}

/**
 * Judges what a device says of its key: the certificate leads to a root that is trusted for TPMs; the attestation key signs what
 * a TPM says and nothing else; the statement is signed by it and names the device key; and that key was made in a TPM and
 * cannot leave it. That all of this is one TPM is for the challenge to show.
 *
 * @param authorities certificates of the TPM's maker: roots and intermediates.
 * @throws {Fault} `ATTESTATION_REFUSED` with what was already verified.
 */
export function judgeAttestation(
  request: AttestationRequest,
  authorities: readonly X509Certificate[],
  now: EpochSeconds,
): JudgedAttestation {
  const checked = checkedSteps();
  const endorsementKey = checked(
    "certificate",
    verifyEndorsementCertificate(request.certificate, authorities, now),
    "the TPM's certificate does not lead to a root that was given",
  );
  const [attestationArea, keyArea] = readable(
    () => [parsePublicArea(request.attestationKey), parsePublicArea(request.key)] as const,
  );
  const attestationKey = isResidentSigner(attestationArea, "attestation") ? verifierOf(attestationArea) : null;
  const publicKey = checked("attestation key", attestationKey, "the attestation key could sign what no TPM said");
  const signature = readable(() => parseSignature(request.signature));
  const isSigned = verify("sha256", request.statement, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature);
  checked("signature", isSigned || null, "the statement is not signed by the attestation key");
  const { objectName: certified } = readable(() => parseCertifyStatement(request.statement));
  const wanted = readable(() => objectName(keyArea));
  checked("statement", sameBytes(certified, wanted) || null, "the statement is about another key");
  const key = isResidentSigner(keyArea, "any") ? publicKeyOf(keyArea) : null;
  return {
    key: checked("key", key, "the key could leave its TPM, or was not made in it"),
    endorsementKey,
    attestationKeyName: objectName(attestationArea),
  };
}

/** Null for coordinates that are not on the curve: no TPM has such a key. */
function verifierOf(area: Parameters<typeof publicKeyOf>[0]): KeyObject | null {
  const key = publicKeyOf(area);
  try {
    return key === null ? null : createPublicKey({ key: { ...key.jwk }, format: "jwk" });
  } catch {
    return null;
  }
}

function readable<T>(read: () => T): T {
  return readableOf(read, "TPM");
}

/** Keys in TPMs. Each part of a request may have been copied from another TPM's, so that all of it is one the answer shows. */
export const tpmAttestation: AttestationKind = {
  requestWord: TPM_REQUEST_WORD,
  async judge(request, authorities, now) {
    const { key, endorsementKey, attestationKeyName } = judgeAttestation(parseAttestation("request", request), authorities, now);
    return {
      key,
      place: "a TPM that one of those authorities certified",
      challenge: {
        make: async (value, random) =>
          encodeAttestation("challenge", await makeCredential(endorsementKey, attestationKeyName, value, random)),
        read: (answer) => parseAttestation("answer", answer).value,
      },
    };
  },
};
