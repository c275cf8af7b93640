import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import type { SessionTags } from "../../core/identity.ts";
import { AWS_TAGS_CLAIM, encodeAwsTags, parseAwsTags } from "../../wire/aws-claims.ts";
import { parseOptions } from "../../wire/brevet-config/parse-options.ts";
import { parseIssuerUrl } from "../../wire/issuer-documents/issuer-url.ts";
import { isSubject } from "../../wire/issuer-documents/subject.ts";

/** The schema of an identity of kind `device` in the config, without `kind`; the JSON Schema is generated from it. */
export const deviceOptionsSchema = v.strictObject({
  signer: v.pipe(
    v.union([v.string(), v.looseObject({ kind: v.string() })]),
    v.description("What holds the private key: the name of a signer kind, or an object with `kind` and that kind's own options."),
  ),
  subject: v.pipe(
    v.string(),
    v.description("The `sub` of every token: made once by `brevet init` and never changed. 2 to 60 of a-z, 0-9 and -."),
  ),
  issuer: v.optional(
    v.pipe(
      v.string(),
      v.description(
        "The URL at which this device's documents are published: https, no port, no query, no trailing slash, at most 255 characters. Each device has its own path.",
      ),
    ),
  ),
  sharedIssuer: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        "Whether keys of other devices are published at the same issuer; each could then claim this subject. Default: false.",
      ),
    ),
  ),
  tags: v.optional(
    v.pipe(
      v.record(v.string(), v.string()),
      v.description("Session tags in every token for an AWS role. The role must allow sts:TagSession."),
    ),
  ),
  transitiveTags: v.optional(
    v.pipe(v.array(v.string()), v.description("The keys among `tags` that stay when one role takes another.")),
  ),
  sourceIdentity: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[\w+=,.@-]{2,64}$/, "2 to 64 letters, digits or characters of _+=,.@-"),
      v.description("The AWS source identity in every token for an AWS role. The role must allow sts:SetSourceIdentity."),
    ),
  ),
});

/** What the config says about a device identity, checked. */
export interface DeviceOptions {
  readonly signer: { readonly kind: string; readonly options: Readonly<Record<string, unknown>> };
  readonly subject: string;
  /** null until the person has chosen one. */
  readonly issuer: string | null;
  readonly sharedIssuer: boolean;
  readonly tags: SessionTags | null;
  readonly sourceIdentity: string | null;
}

/**
 * Checks the options of a device identity.
 *
 * @param where names the place in messages: `identities.laptop`.
 * @throws {Fault} `CONFIG_KEY_UNKNOWN`, `CONFIG_MALFORMED`, `URL_INVALID`.
 */
export function parseDeviceOptions(raw: unknown, where: string): DeviceOptions {
  const options = parseOptions(deviceOptionsSchema, raw, where);
  const { signer, subject, issuer, sharedIssuer = false, tags, transitiveTags = [], sourceIdentity } = options;
  if (!isSubject(subject)) {
    throw new Fault("CONFIG_MALFORMED", `${where}.subject "${subject}" is not 2 to 60 of a-z, 0-9 and -`);
  }
  const checked = tags === undefined ? null : parseTags({ principal: tags, transitive: transitiveTags }, where);
  return {
    signer: typeof signer === "string" ? { kind: signer, options: {} } : signerWithOptions(signer),
    subject,
    issuer: issuer === undefined ? null : parseIssuerUrl(issuer, `${where}.issuer`),
    sharedIssuer,
    tags: checked,
    sourceIdentity: sourceIdentity ?? null,
  };
}

function signerWithOptions({ kind, ...options }: { readonly kind: string }): DeviceOptions["signer"] {
  return { kind, options };
}

/** The rules of AWS are asked of its own reader, so that they stand in one place. */
function parseTags(tags: SessionTags, where: string): SessionTags {
  try {
    parseAwsTags({ [AWS_TAGS_CLAIM]: encodeAwsTags(tags) });
  } catch (cause) {
    if (cause instanceof Fault) throw new Fault("CONFIG_MALFORMED", `${where}.tags cannot be used: ${cause.message}`, { cause });
    throw cause;
  }
  return tags;
}
