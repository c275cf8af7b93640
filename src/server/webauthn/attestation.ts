// The certificate library that @simplewebauthn brings reflects on its own classes, and wants the polyfill to be there first.
import "reflect-metadata/lite";

import { X509Certificate } from "node:crypto";
import { X509Certificate as ParsedCertificate } from "@peculiar/x509";
import { decodeAttestationObject } from "@simplewebauthn/server/helpers";
import type { EpochSeconds } from "../../core/time.ts";
import { isSelfSigned, leadsToRoot } from "../../trust/x509/leads-to-root.ts";

/** Models of authenticators that an organisation trusts to keep keys in hardware, and whose word for it counts. */
export interface TrustedModels {
  /** Lower-case UUIDs; null: every model that these authorities certify. */
  readonly aaguids: ReadonlySet<string> | null;
  /** Roots, and intermediates between them and the models. */
  readonly authorities: readonly X509Certificate[];
  /** Certificates that count without a root above them, as metadata may name. */
  readonly anchors: readonly X509Certificate[];
}

/** Which authenticators people may register. */
export interface AttestationPolicy {
  readonly trusted: readonly TrustedModels[];
  /** Whether an authenticator that is not attested is refused. */
  readonly required: boolean;
  /** What people are told about those that are taken; null: nothing. */
  readonly advice: string | null;
}

/** id-fido-gen-ce-aaguid, which binds a certificate to a model (WebAuthn Level 3 §8.2.1). */
const MODEL_EXTENSION = "1.3.6.1.4.1.45724.1.1.4";

/**
 * Whether an attestation statement proves the model, once its signature was verified. Its own word never counts: `none` and
 * self-attestation carry no certificate, and a certificate counts for a model only below an authority that is trusted for it.
 *
 * @param attestationObject as the browser sent it; the library has verified its statement (WebAuthn Level 3 §6.5.4).
 * @param aaguid the model that the authenticator's signed data name.
 */
export function isAttested(
  attestationObject: Uint8Array<ArrayBuffer>,
  aaguid: string,
  policy: AttestationPolicy,
  now: EpochSeconds,
): boolean {
  const [leaf, ...between] = certificatesOf(attestationObject);
  if (leaf === undefined || leaf.ca || !isOfModel(leaf, aaguid)) return false;
  return policy.trusted.some(
    ({ aaguids, authorities, anchors }) =>
      (aaguids === null || aaguids.has(aaguid)) &&
      // The authenticator brings intermediates only; with a root of its own it would be its own judge.
      leadsToRoot(leaf, [...authorities, ...between.filter((certificate) => !isSelfSigned(certificate))], now, anchors),
  );
}

function certificatesOf(attestationObject: Uint8Array<ArrayBuffer>): readonly X509Certificate[] {
  try {
    const chain = decodeAttestationObject(attestationObject).get("attStmt").get("x5c") ?? [];
    return chain.map((der) => new X509Certificate(der));
  } catch {
    return [];
  }
}

/** A certificate without the extension is bound to no model; one with it is bound to that one alone. */
function isOfModel(leaf: X509Certificate, aaguid: string): boolean {
  const extension = new ParsedCertificate(new Uint8Array(leaf.raw)).getExtension(MODEL_EXTENSION);
  if (extension === null) return true;
  // An OCTET STRING of 16 bytes.
  return Buffer.from(extension.value).equals(Buffer.from(`0410${aaguid.replaceAll("-", "")}`, "hex"));
}
