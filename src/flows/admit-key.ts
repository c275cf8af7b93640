import { createHash, timingSafeEqual, type X509Certificate } from "node:crypto";
import { Fault } from "../core/fault.ts";
import type { RandomBytes } from "../core/random.ts";
import { Secret } from "../core/secret.ts";
import type { PublicKey } from "../core/signer.ts";
import type { Store } from "../core/store.ts";
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

const VALUE_BYTES = 32;

/**
 * Judges a request and makes the challenge to it. The value is kept in the store until the answer comes; a second
 * challenge to the same request replaces it.
 *
 * @throws {Fault} `ATTESTATION_REFUSED`
 */
export async function challengeKey(
  input: AdmissionInput,
  ports: { readonly store: Store; readonly random: RandomBytes },
): Promise<{ readonly key: PublicKey; readonly challenge: string }> {
  const { key, endorsementKey, attestationKeyName } = judge(input);
  const value = ports.random(VALUE_BYTES);
  const challenge = makeCredential(endorsementKey, attestationKeyName, value, ports.random);
  await ports.store.save("sessions", entryOf(input), new Secret("challenge", Buffer.from(value).toString("base64url")));
  return { key, challenge: encodeAttestation("challenge", challenge) };
}

/**
 * Judges the request again, and the answer: the key is in the TPM of the certificate. A value is good for one answer.
 *
 * @returns the key that may be published. @throws {Fault} `ATTESTATION_REFUSED`
 */
export async function admitKey(
  input: AdmissionInput & { readonly answer: string },
  ports: { readonly store: Store },
): Promise<PublicKey> {
  const { key } = judge(input);
  const { value } = parseAttestation("answer", input.answer);
  const kept = await ports.store.load("sessions", entryOf(input));
  if (kept === null) {
    throw new Fault("ATTESTATION_REFUSED", "this request was not challenged here, or its challenge was answered already", {
      hints: ["make a challenge: `brevet issuer admit REQUEST --authority FILE`"],
    });
  }
  await ports.store.remove("sessions", entryOf(input));
  const expected = Buffer.from(kept.reveal(), "base64url");
  if (value.length !== expected.length || !timingSafeEqual(value, expected)) {
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

/** Bound to every byte of the request, so that an answer admits what was challenged and nothing else. */
function entryOf({ request }: AdmissionInput): string {
  return `admission.${createHash("sha256").update(request).digest("hex")}`;
}
