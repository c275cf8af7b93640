import type { X509Certificate } from "node:crypto";
import { sha256Hex } from "../core/digest.ts";
import { Fault } from "../core/fault.ts";
import type { RandomBytes } from "../core/random.ts";
import type { PublicKey } from "../core/signer.ts";
import type { EpochSeconds } from "../core/time.ts";
import { type JudgedAttestation, judgeAttestation } from "../trust/tpm/judge-attestation.ts";
import { encodeAttestation, parseAttestation } from "../wire/tpm/attestation.ts";
import { makeCredential } from "../wire/tpm/credential.ts";

/** What a device sent, and whom this side believes about TPMs. */
export interface AdmissionInput {
  readonly request: string;
  /** Certificates of makers of TPMs: roots, and what lies between. */
  readonly authorities: readonly X509Certificate[];
  readonly now: EpochSeconds;
}

/** The challenges that wait for their answers. Of the value only a digest is kept, which is no secret: nobody finds 32 random bytes by it. */
export interface OpenChallenges {
  /** Replaces the one for that request. @param request the digest of every byte of it. */
  keep(request: string, valueDigest: string): void;
  /** Forgets the one for that request: of several that ask, one is given it. Null when there is none. */
  take(request: string): string | null;
}

const VALUE_BYTES = 32;

/**
 * Judges a request and makes the challenge to it, which a second one to the same request replaces.
 *
 * @throws {Fault} `ATTESTATION_REFUSED`
 */
export async function challengeKey(
  input: AdmissionInput,
  ports: { readonly challenges: OpenChallenges; readonly random: RandomBytes },
): Promise<{ readonly key: PublicKey; readonly challenge: string }> {
  const { key, endorsementKey, attestationKeyName } = judge(input);
  const value = ports.random(VALUE_BYTES);
  const challenge = await makeCredential(endorsementKey, attestationKeyName, value, ports.random);
  ports.challenges.keep(sha256Hex(input.request), sha256Hex(value));
  return { key, challenge: encodeAttestation("challenge", challenge) };
}

/**
 * Judges the request again, and the answer: the key is in the TPM of the certificate. A value is good for one answer.
 *
 * @returns the key that may be published. @throws {Fault} `ATTESTATION_REFUSED`
 */
export function admitKey(
  input: AdmissionInput & { readonly answer: string },
  ports: { readonly challenges: OpenChallenges },
): PublicKey {
  const { key } = judge(input);
  const { value } = parseAttestation("answer", input.answer);
  const expected = ports.challenges.take(sha256Hex(input.request));
  if (expected === null) {
    throw new Fault("ATTESTATION_REFUSED", "this request was not challenged here, or its challenge was answered already", {
      hints: ["make a challenge: `brevet issuer admit REQUEST --authority FILE`"],
    });
  }
  if (sha256Hex(value) !== expected) {
    throw new Fault(
      "ATTESTATION_REFUSED",
      "the answer is not the value of the challenge: the key is not in the TPM of the certificate",
    );
  }
  return key;
}

function judge({ request, authorities, now }: AdmissionInput): JudgedAttestation {
  return judgeAttestation(parseAttestation("request", request), authorities, now);
}
