import { resolve } from "node:path";
import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import { placeIn } from "../../core/place.ts";
import { parseOptions } from "../../wire/brevet-config/parse-options.ts";

const files = (description: string) => v.optional(v.pipe(v.array(v.string()), v.description(description)));

/** The schema of `attestation` in `server.json`: which security keys are known by their makers, and whether others are taken. */
export const attestationSettingsSchema = v.strictObject({
  required: v.optional(v.pipe(v.boolean(), v.description("Whether every other key is refused. Default: true."))),
  models: files(
    "AAGUIDs of the models that count as attested. Default: all that the makers certify, or all in the metadata that keep keys in hardware.",
  ),
  authorities: files("PEM files with the root certificates of makers."),
  metadata: v.optional(
    v.pipe(v.string(), v.description("A file with the metadata BLOB of the FIDO Alliance (MDS3), whose signature is verified.")),
  ),
  metadataRoots: files(
    "PEM files with the roots of who signs the metadata. Default: GlobalSign Root CA - R3 and GlobalSign Root R46.",
  ),
  metadataSigner: v.optional(
    v.pipe(v.string(), v.description("The host in the certificate of who signs the metadata. Default: `mds.fidoalliance.org`.")),
  ),
  advice: v.optional(
    v.pipe(
      v.string(),
      v.description("What people are told about the keys that are taken: `a YubiKey 5, from the service desk`."),
    ),
  ),
});

/** Which security keys are trusted; the files are absolute paths. */
export interface AttestationSettings {
  readonly required: boolean;
  /** Lower case; null: no list. */
  readonly models: readonly string[] | null;
  readonly authorityFiles: readonly string[];
  readonly metadataFile: string | null;
  /** Null: the FIDO Alliance's. */
  readonly metadataRootFiles: readonly string[] | null;
  readonly metadataSigner: string;
  readonly advice: string | null;
}

const AAGUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Reads the settings; null when there are none.
 *
 * @param folder what paths are relative to: where `server.json` is.
 * @throws {Fault} `CONFIG_MALFORMED`, `CONFIG_KEY_UNKNOWN`
 */
export function readAttestationSettings(raw: unknown, folder: string): AttestationSettings | null {
  if (raw === undefined) return null;
  const said = parseOptions(attestationSettingsSchema, raw, placeIn(null, "attestation"));
  const { authorities = [], metadata, metadataRoots, models } = said;
  if (authorities.length === 0 && metadata === undefined) {
    throw new Fault("CONFIG_MALFORMED", "attestation names nobody whose word about a key counts", {
      hints: ["name `authorities` or `metadata`: what a key says of its own model proves nothing"],
    });
  }
  const wrong = models?.find((model) => !AAGUID.test(model.toLowerCase()));
  if (wrong !== undefined) {
    throw new Fault("CONFIG_MALFORMED", `"${wrong}" in attestation.models is no AAGUID`, {
      hints: ["write it as `2fc0579f-8113-47ea-b116-bb5a8db9202a`"],
    });
  }
  const place = (file: string): string => resolve(folder, file);
  return {
    required: said.required ?? true,
    models: models?.map((model) => model.toLowerCase()) ?? null,
    authorityFiles: authorities.map(place),
    metadataFile: metadata === undefined ? null : place(metadata),
    metadataRootFiles: metadataRoots?.map(place) ?? null,
    metadataSigner: said.metadataSigner ?? "mds.fidoalliance.org",
    advice: said.advice ?? null,
  };
}
