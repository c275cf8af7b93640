import type { X509Certificate } from "node:crypto";
import { sha256Hex } from "../core/digest.ts";
import { Fault } from "../core/fault.ts";
import type { RandomBytes } from "../core/random.ts";
import type { PublicKey } from "../core/signer.ts";
import type { EpochSeconds } from "../core/time.ts";
import type { AttestationKind, JudgedKey } from "../trust/attestation-kind.ts";
import { pivAttestation } from "../trust/piv/judge-attestation.ts";
import { tpmAttestation } from "../trust/tpm/judge-attestation.ts";
import { documentWord, notOurs } from "../wire/attestation/document.ts";

/** What a device sent, and whose word about hardware is believed. */
export interface AdmissionInput {
  readonly request: string;
  /** Certificates of makers of hardware: roots and intermediates. */
  readonly authorities: readonly X509Certificate[];
  readonly now: EpochSeconds;
  /** What the device answered to the challenge, once there is one. */
  readonly answer: string | null;
}

/** The challenges that wait for their answers. Only a digest of the value is kept, from which nobody finds 32 random bytes. */
export interface OpenChallenges {
  /** Replaces the one for that request. @param request the digest of every byte of it. */
  keep(request: string, valueDigest: string): void;
  /** Takes the challenge of that request, so that only one of several askers gets it. Null when there is none. */
  take(request: string): string | null;
}

/** What came of a request. */
export interface Admission {
  readonly key: PublicKey;
  /** Where it is, as a sentence about it ends. */
  readonly place: string;
  /** What the device has to answer before anything is proven; null: the key may be published. */
  readonly challenge: string | null;
}

const KINDS: readonly AttestationKind[] = [tpmAttestation, pivAttestation];

const VALUE_BYTES = 32;

/**
 * Judges a request. One that proves all of it is admitted; to any other the challenge is made, which replaces an earlier one to the
 * same request, and the answer to it is judged together with the request. A value is good for one answer.
 *
 * @throws {Fault} `ATTESTATION_REFUSED`; `USAGE_INVALID` for an answer where nothing was asked.
 */
export async function admitKey(
  input: AdmissionInput,
  ports: { readonly challenges: OpenChallenges; readonly random: RandomBytes },
): Promise<Admission> {
  const { key, place, challenge } = await judge(input);
  if (challenge === null) {
    if (input.answer === null) return { key, place, challenge: null };
    throw new Fault("USAGE_INVALID", "this request proves by itself where its key is: there is nothing to answer", {
      hints: ["without `--answer` the key is printed"],
    });
  }
  if (input.answer === null) {
    const value = ports.random(VALUE_BYTES);
    const document = await challenge.make(value, ports.random);
    ports.challenges.keep(sha256Hex(input.request), sha256Hex(value));
    return { key, place, challenge: document };
  }
  const value = challenge.read(input.answer);
  const expected = ports.challenges.take(sha256Hex(input.request));
  if (expected === null) {
    throw new Fault("ATTESTATION_REFUSED", "this request was not challenged here, or its challenge was answered already", {
      hints: ["make a challenge: `brevet issuer admit REQUEST --authority FILE`"],
    });
  }
  if (sha256Hex(value) !== expected) {
    throw new Fault(
      "ATTESTATION_REFUSED",
      "the answer is not the value of the challenge: the key is not in the hardware of the certificate",
    );
  }
  return { key, place, challenge: null };
}

function judge({ request, authorities, now }: AdmissionInput): Promise<JudgedKey> {
  const word = documentWord(request, "request");
  const kind = KINDS.find(({ requestWord }) => requestWord === word);
  if (kind === undefined) throw notOurs("request");
  return kind.judge(request, authorities, now);
}
