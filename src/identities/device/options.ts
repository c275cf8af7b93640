import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import type { SessionTags } from "../../core/identity.ts";
import type { Place } from "../../core/place.ts";
import type { KeyPlace, SignerChoice } from "../../core/signer.ts";
import { type EpochSeconds, parseUtc } from "../../core/time.ts";
import { SESSION_NAME, SESSION_NAME_RULE } from "../../wire/aws-sts/session-name.ts";
import { checkTags } from "../../wire/aws-sts/token-claims.ts";
import { parseOptions } from "../../wire/brevet-config/parse-options.ts";
import { signerChoice, signerSchema } from "../../wire/brevet-config/signer-choice.ts";
import { parseIssuerUrl } from "../../wire/issuer-documents/issuer-url.ts";
import { isSubject } from "../../wire/issuer-documents/subject.ts";

const generationSchema = v.pipe(v.number(), v.integer(), v.minValue(1));

/** What the `issuer` commands keep about keys; nobody has to write it. It shapes no credentials. */
const keysSchema = v.strictObject({
  generation: v.optional(generationSchema),
  publishedTo: v.optional(v.array(v.string())),
  next: v.optional(v.strictObject({ signer: signerSchema, generation: generationSchema })),
  previous: v.optional(v.strictObject({ signer: signerSchema, generation: generationSchema, until: v.string() })),
});

/** The schema of an identity of kind `device` in the config, without `kind`; the JSON Schema is generated from it. */
export const deviceOptionsSchema = v.strictObject({
  signer: v.pipe(
    signerSchema,
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
  keys: v.optional(
    v.pipe(
      keysSchema,
      v.description(
        "Kept by `brevet issuer publish` and `brevet issuer rotate`: which of its keys are in use (`generation`), where they are published (`publishedTo`), and the keys of a rotation that is under way (`next`, `previous`).",
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
      v.regex(SESSION_NAME, SESSION_NAME_RULE),
      v.description("The AWS source identity in every token for an AWS role. The role must allow sts:SetSourceIdentity."),
    ),
  ),
});

/** The keys of a device besides those in use, and where all are published. */
export interface DeviceKeys {
  readonly generation: number;
  /** Destinations in the words of `issuer publish --to`. */
  readonly publishedTo: readonly string[];
  /** Made by a rotation, and not signed with yet. */
  readonly next: KeyPlace | null;
  /** Not signed with any more, and published until then. */
  readonly previous: (KeyPlace & { readonly until: EpochSeconds }) | null;
}

/** What the config says about a device identity, checked. */
export interface DeviceOptions {
  readonly signer: SignerChoice;
  readonly keys: DeviceKeys;
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
export function parseDeviceOptions(raw: unknown, where: Place): DeviceOptions {
  const options = parseOptions(deviceOptionsSchema, raw, where);
  const { signer, keys, subject, issuer, sharedIssuer = false, tags, transitiveTags = [], sourceIdentity } = options;
  if (!isSubject(subject)) {
    throw new Fault("CONFIG_MALFORMED", `${where.at("subject")} "${subject}" is not 2 to 60 of a-z, 0-9 and -`);
  }
  const sessionTags = tags === undefined ? null : { principal: tags, transitive: transitiveTags };
  if (sessionTags !== null) checkTags(sessionTags, where);
  return {
    signer: signerChoice(signer),
    keys: parseKeys(keys ?? {}, where.at("keys")),
    subject,
    issuer: issuer === undefined ? null : parseIssuerUrl(issuer, where.at("issuer")),
    sharedIssuer,
    tags: sessionTags,
    sourceIdentity: sourceIdentity ?? null,
  };
}

function parseKeys(
  { generation = 1, publishedTo = [], next, previous }: v.InferOutput<typeof keysSchema>,
  where: Place,
): DeviceKeys {
  const until = previous === undefined ? null : parseUtc(previous.until);
  if (previous !== undefined && until === null) {
    throw new Fault(
      "CONFIG_MALFORMED",
      `${where.at("previous").at("until")} "${previous.until}" is not an instant such as 2026-03-04T12:30:00Z`,
    );
  }
  return {
    generation,
    publishedTo,
    next: next === undefined ? null : { ...next, signer: signerChoice(next.signer) },
    previous: previous === undefined ? null : { ...previous, signer: signerChoice(previous.signer), until: until ?? 0 },
  };
}
