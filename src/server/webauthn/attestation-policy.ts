import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { SettingsService } from "@simplewebauthn/server";
import { Fault } from "../../core/fault.ts";
import type { EpochSeconds } from "../../core/time.ts";
import type { AttestationSettings } from "../settings/attestation-settings.ts";
import type { AttestationPolicy, TrustedModels } from "./attestation.ts";
import { type VerifiedMetadata, verifyMetadataBlob } from "./metadata-blob.ts";

/**
 * Makes the policy that the settings describe, from the files that they name.
 *
 * @param warn is told when the metadata are old, or say nothing good of a listed model: a server that does not start for that lets
 * nobody work.
 * @throws {Fault} `FILE_UNREADABLE`, `CONFIG_MALFORMED` for a file without certificates, `METADATA_REFUSED`.
 */
export async function openAttestationPolicy(
  settings: AttestationSettings | null,
  now: EpochSeconds,
  warn: (what: string, cause: unknown) => void,
): Promise<AttestationPolicy> {
  if (settings === null) return { trusted: [], required: false, advice: null };
  const { models, required, advice } = settings;
  const listed = models === null ? null : new Set(models);
  const authorities = settings.authorityFiles.flatMap(certificatesIn);
  const metadata = await metadataOf(settings, now);
  if (metadata !== null && metadata.nextUpdate < now) {
    const since = new Date(metadata.nextUpdate * 1000).toISOString().slice(0, 10);
    warn(`the metadata of security keys are old: put the BLOB of ${since} or a later one into ${settings.metadataFile}`, null);
  }
  const unknown = models?.filter((model) => !metadata?.models.some(({ aaguid }) => aaguid === model)) ?? [];
  if (authorities.length === 0) for (const model of unknown) warn(`no metadata vouch for the listed model ${model}`, null);
  const certified: readonly TrustedModels[] = authorities.length === 0 ? [] : [{ aaguids: listed, authorities, anchors: [] }];
  return { trusted: [...certified, ...knownModels(metadata, listed)], required, advice };
}

/** Each model of the metadata by its own certificates: one maker's must not vouch for another's models. */
function knownModels(metadata: VerifiedMetadata | null, listed: ReadonlySet<string> | null): readonly TrustedModels[] {
  return (metadata?.models ?? [])
    .filter(({ aaguid, inHardware }) => (listed === null ? inHardware : listed.has(aaguid)))
    .map(({ aaguid, anchors }) => ({ aaguids: new Set([aaguid]), authorities: anchors, anchors }));
}

async function metadataOf(settings: AttestationSettings, now: EpochSeconds): Promise<VerifiedMetadata | null> {
  const { metadataFile, metadataRootFiles, metadataSigner: signer } = settings;
  if (metadataFile === null) return null;
  const roots =
    metadataRootFiles?.flatMap(certificatesIn) ??
    SettingsService.getRootCertificates({ identifier: "mds" }).map((pem) => new X509Certificate(pem));
  return verifyMetadataBlob(contentOf(metadataFile).trim(), { roots, signer, now });
}

function certificatesIn(file: string): readonly X509Certificate[] {
  const blocks = contentOf(file).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    if (blocks.length > 0) return blocks.map((block) => new X509Certificate(block));
  } catch (cause) {
    throw new Fault("CONFIG_MALFORMED", `${file} holds a certificate that cannot be read`, { cause });
  }
  throw new Fault("CONFIG_MALFORMED", `${file} holds no certificate`, { hints: ["it has to be a PEM file"] });
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new Fault("FILE_UNREADABLE", `${file} cannot be read, which the settings of the server name`, { cause });
  }
}
