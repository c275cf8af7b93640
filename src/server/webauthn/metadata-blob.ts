import { X509Certificate } from "node:crypto";
import { compactVerify, decodeProtectedHeader } from "jose";
import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { isSelfSigned, leadsToRoot } from "../../trust/x509/leads-to-root.ts";

/**
 * The metadata BLOB of the FIDO Alliance (Metadata Service 3.1): a JWT that lists models of authenticators, the certificates that
 * vouch for them, and what became known of them. It is read from a file: the server fetches nothing.
 */

/** What is used of an entry: models of FIDO2 alone have an AAGUID. */
const entrySchema = v.object({
  aaguid: v.optional(v.string()),
  metadataStatement: v.optional(
    v.object({
      attestationRootCertificates: v.optional(v.array(v.string()), []),
      keyProtection: v.optional(v.array(v.string()), []),
    }),
  ),
  statusReports: v.optional(v.array(v.object({ status: v.string() })), []),
});

const payloadSchema = v.object({ nextUpdate: v.pipe(v.string(), v.isoDate()), entries: v.array(entrySchema) });

/** A model, as the FIDO Alliance knows it. */
export interface KnownModel {
  /** Lower case. */
  readonly aaguid: string;
  /** Roots, certificates below them, or the very ones that the authenticators have. */
  readonly anchors: readonly X509Certificate[];
  /** Whether its keys are in hardware of their own; a phone's operating system is not that. */
  readonly inHardware: boolean;
}

/** What a BLOB says, once it was verified. */
export interface VerifiedMetadata {
  /** Without models whose keys are known to leak, or whose verification is known to be bypassed. */
  readonly models: readonly KnownModel[];
  /** When the next one was to be there: an older one may not know of what happened since. */
  readonly nextUpdate: EpochSeconds;
}

/** Metadata Service 3.1 §3.1.4, AuthenticatorStatus: those after which a model is not to be trusted. */
const BROKEN = new Set([
  "REVOKED",
  "USER_VERIFICATION_BYPASS",
  "ATTESTATION_KEY_COMPROMISE",
  "USER_KEY_REMOTE_COMPROMISE",
  "USER_KEY_PHYSICAL_COMPROMISE",
]);

/**
 * Verifies a BLOB: its chain leads to one of the roots, its certificate is for `signer`, and its signature is that certificate's. The
 * certificate may have expired since.
 *
 * @param signer a host: the roots are those of a public authority, which certifies whoever asks.
 * @throws {Fault} `METADATA_REFUSED` with what is wrong.
 */
export async function verifyMetadataBlob(
  blob: string,
  { roots, signer, now }: { roots: readonly X509Certificate[]; signer: string; now: EpochSeconds },
): Promise<VerifiedMetadata> {
  const [leaf, ...between] = chainOf(blob);
  if (
    leaf === undefined ||
    !leadsToRoot(leaf, [...roots, ...between.filter((above) => !isSelfSigned(above))], signedAt(leaf, now))
  ) {
    throw refused("its certificate does not lead to the roots that are trusted for it");
  }
  if (leaf.checkHost(signer) === undefined) throw refused(`its certificate is not for ${signer}`);
  const { payload } = await compactVerify(blob, leaf.publicKey, { algorithms: ["RS256", "ES256"] }).catch((cause: unknown) => {
    throw refused("its signature is wrong", cause);
  });
  const read = v.safeParse(payloadSchema, parsed(payload));
  if (!read.success) throw refused("it is not what the FIDO Alliance publishes");
  return {
    models: read.output.entries.flatMap((entry) => modelOf(entry)),
    nextUpdate: Math.floor(Date.parse(read.output.nextUpdate) / 1000),
  };
}

/**
 * A time at which the BLOB's certificate was valid: now, or the certificate's last moment. The certificate lives for months, and its end
 * makes the file no worse. That the file is old is logged.
 */
function signedAt(leaf: X509Certificate, now: EpochSeconds): EpochSeconds {
  return Math.min(now, Math.floor(Date.parse(leaf.validTo) / 1000));
}

function chainOf(blob: string): readonly X509Certificate[] {
  try {
    return (decodeProtectedHeader(blob).x5c ?? []).map(fromBase64);
  } catch (cause) {
    throw refused("it is not a JWT with certificates", cause);
  }
}

function parsed(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return null;
  }
}

function modelOf({ aaguid, metadataStatement, statusReports }: v.InferOutput<typeof entrySchema>): readonly KnownModel[] {
  if (aaguid === undefined || metadataStatement === undefined) return [];
  if (statusReports.some(({ status }) => BROKEN.has(status))) return [];
  const { attestationRootCertificates, keyProtection } = metadataStatement;
  return [
    {
      aaguid: aaguid.toLowerCase(),
      anchors: attestationRootCertificates.flatMap((text) => certificateOr(text)),
      inHardware: keyProtection.includes("hardware") || keyProtection.includes("secure_element"),
    },
  ];
}

/** A maker's certificate that cannot be read vouches for nothing; that of the others still does. */
function certificateOr(text: string): readonly X509Certificate[] {
  try {
    return [fromBase64(text)];
  } catch {
    return [];
  }
}

function fromBase64(text: string): X509Certificate {
  return new X509Certificate(Buffer.from(text, "base64"));
}

function refused(reason: string, cause?: unknown): Fault {
  return new Fault("METADATA_REFUSED", `the metadata of security keys are not taken: ${reason}`, { cause });
}
