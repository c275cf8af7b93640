import { type KeyObject, X509Certificate } from "node:crypto";
import type { EpochSeconds } from "../../core/time.ts";

/** Nobody has more between a TPM and a root. */
const MAX_CHAIN = 5;

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
  // Whoever also certifies servers must not thereby have certified TPMs: the key of a server is in software.
  if (!certificate.keyUsage?.includes(ENDORSEMENT_USAGE)) return null;
  if (certificate.ca || key.asymmetricKeyType !== "rsa" || (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) return null;
  return leadsToRoot(certificate, authorities, now, MAX_CHAIN) ? key : null;
}

function leadsToRoot(
  certificate: X509Certificate,
  authorities: readonly X509Certificate[],
  now: EpochSeconds,
  left: number,
): boolean {
  if (!isValidAt(certificate, now) || left === 0) return false;
  return authorities.some((authority) => {
    if (!authority.ca || !isSignedBy(certificate, authority)) return false;
    return isSignedBy(authority, authority) ? isValidAt(authority, now) : leadsToRoot(authority, authorities, now, left - 1);
  });
}

function isSignedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

/** RFC 5280 §4.1.2.5: makers of TPMs write 9999 where they mean "for ever". */
function isValidAt({ validFrom, validTo }: X509Certificate, now: EpochSeconds): boolean {
  return Date.parse(validFrom) <= now * 1000 && now * 1000 <= Date.parse(validTo);
}
