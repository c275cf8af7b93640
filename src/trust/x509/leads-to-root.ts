import type { X509Certificate } from "node:crypto";
import type { EpochSeconds } from "../../core/time.ts";

/** Nobody has more between a piece of hardware and its maker's root. */
const MAX_CHAIN = 5;

/**
 * Whether a certificate leads to a self-signed one among the authorities: each is signed by the next, names it and is valid now,
 * and each but the first may sign others (RFC 5280 §6.1, without revocation: makers of hardware publish no lists).
 *
 * @param authorities every one of them is trusted to be what it says: choosing them is the decision.
 * @param anchors certificates that are trusted like a root, even if others signed them: none by default.
 */
export function leadsToRoot(
  certificate: X509Certificate,
  authorities: readonly X509Certificate[],
  now: EpochSeconds,
  anchors: readonly X509Certificate[] = [],
): boolean {
  const leads = (from: X509Certificate, left: number): boolean => {
    if (!isValidAt(from, now) || left === 0) return false;
    if (anchors.some(({ fingerprint256 }) => fingerprint256 === from.fingerprint256)) return true;
    return authorities.some((authority) => {
      if (!authority.ca || !isSignedBy(from, authority)) return false;
      return isSelfSigned(authority) ? isValidAt(authority, now) : leads(authority, left - 1);
    });
  };
  return leads(certificate, MAX_CHAIN);
}

/** Whether a certificate is a root. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  return isSignedBy(certificate, certificate);
}

/** Whether the authority is named as the issuer, may be one as far as it says what its key is for, and has signed it. */
export function isSignedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

/** RFC 5280 §4.1.2.5: makers of hardware write 9999 where they mean "for ever". */
export function isValidAt({ validFrom, validTo }: X509Certificate, now: EpochSeconds): boolean {
  return Date.parse(validFrom) <= now * 1000 && now * 1000 <= Date.parse(validTo);
}
