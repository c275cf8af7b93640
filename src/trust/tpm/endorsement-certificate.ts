import { type KeyObject, X509Certificate } from "node:crypto";
import type { EpochSeconds } from "../../core/time.ts";
import { leadsToRoot } from "../x509/leads-to-root.ts";

/** TCG EK Credential Profile §3.2.16, the extended key usage tcg-kp-EKCertificate. */
const ENDORSEMENT_USAGE = "2.23.133.8.1";

/**
 * Follows a certificate of an endorsement key to a self-signed one among the authorities: each is signed by the next, names it, is
 * valid now, each but the first may sign others, and the first is for an endorsement key.
 *
 * @param authorities every one of them is trusted to be what it says, roots above all: whoever gives them decides.
 * @returns the endorsement key; null if the chain does not hold or the key is not RSA-2048 or larger.
 */
export function verifyEndorsementCertificate(
  der: Uint8Array,
  authorities: readonly X509Certificate[],
  now: EpochSeconds,
): KeyObject | null {
  let certificate: X509Certificate;
  let key: KeyObject;
  try {
    certificate = new X509Certificate(der);
    key = certificate.publicKey;
  } catch {
    return null;
  }
  // An authority that also certifies servers does not vouch for TPMs by that: a server's key is in software.
  if (!certificate.keyUsage?.includes(ENDORSEMENT_USAGE)) return null;
  if (certificate.ca || key.asymmetricKeyType !== "rsa" || (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) return null;
  return leadsToRoot(certificate, authorities, now) ? key : null;
}
