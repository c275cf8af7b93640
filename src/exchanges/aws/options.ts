import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import type { Place, Where } from "../../core/place.ts";
import { parseDuration } from "../../core/time.ts";
import type { CallOptions } from "../../wire/aws-sts/call-settings.ts";
import { parseRoleArn, type RoleArn } from "../../wire/aws-sts/role-arn.ts";
import { SESSION_NAME, SESSION_NAME_RULE } from "../../wire/aws-sts/session-name.ts";
import { checkTags } from "../../wire/aws-sts/token-claims.ts";
import { optional, parseAudience, parseEndpointUrl } from "../../wire/brevet-config/option-values.ts";
import { parseOptions } from "../../wire/brevet-config/parse-options.ts";
import { checkPolicyArns, parseSessionPolicy } from "./session-policy.ts";

const samlSchema = v.strictObject({
  audience: v.optional(
    v.pipe(
      v.string(),
      v.description("AWS's client at the provider, which is the assertion's audience. Default: `urn:amazon:webservices`."),
    ),
  ),
  providerArn: v.optional(
    v.pipe(
      v.string(),
      v.description("ARN of the IAM SAML provider, where the assertion offers the role through several. Default: the only one."),
    ),
  ),
});

/** The `aws` block of a profile as it is written; the JSON Schema and the reference are generated from it. */
export const awsOptionsSchema = v.strictObject({
  roleArn: v.pipe(v.string(), v.description("ARN of the role to assume: `arn:aws:iam::123456789012:role/name`.")),
  region: v.optional(
    v.pipe(
      v.string(),
      v.description(
        "AWS region whose STS endpoint is called, and which `env` and `exec` set. Default: that of `via`, else `AWS_REGION`, else `AWS_DEFAULT_REGION`, else the partition's first.",
      ),
    ),
  ),
  duration: v.optional(
    v.pipe(
      v.union([v.string(), v.number()]),
      v.description("How long the credentials live: `45m`, `1h`, or seconds; 15m to 12h, with `via` at most 1h. Default: `1h`."),
    ),
  ),
  sessionName: v.optional(
    v.pipe(
      v.string(),
      v.description(
        "Name of the role session in CloudTrail: 2 to 64 of `A-Z a-z 0-9 _ + = , . @ -`. Default: the identity's subject.",
      ),
    ),
  ),
  policy: v.optional(
    v.pipe(
      v.union([v.string(), v.record(v.string(), v.unknown())]),
      v.description(
        "Session policy, as JSON or as text, at most 2048 characters: the session may do what role and policy both allow. Default: none.",
      ),
    ),
  ),
  policyArns: v.optional(
    v.pipe(
      v.array(v.string()),
      v.description("ARNs of at most 10 managed policies that limit the session in the same way. Default: none."),
    ),
  ),
  readOnly: v.optional(
    v.pipe(v.boolean(), v.description("Limits the session by AWS's managed policy `ReadOnlyAccess`. Default: `false`.")),
  ),
  tags: v.optional(
    v.pipe(
      v.record(v.string(), v.string()),
      v.description("Session tags, at most 50; the trust policy must allow `sts:TagSession`. Default: none."),
    ),
  ),
  transitiveTags: v.optional(
    v.pipe(
      v.array(v.string()),
      v.description("Keys of tags that stay with the session when it assumes a further role. Default: none."),
    ),
  ),
  sourceIdentity: v.optional(
    v.pipe(
      v.string(),
      v.description(
        "Identifier that stays with the session through role chaining; the trust policy must allow `sts:SetSourceIdentity`. Default: none.",
      ),
    ),
  ),
  externalId: v.optional(
    v.pipe(
      v.string(),
      v.description(
        "With `via`: what the role's trust policy asks of whoever assumes it (`sts:ExternalId`), 2 to 1224 of `A-Z a-z 0-9 _ + = , . @ : / -`. Default: none.",
      ),
    ),
  ),
  endpointUrl: v.optional(
    v.pipe(
      v.string(),
      v.description("URL of STS. Default: `AWS_ENDPOINT_URL_STS`, else `AWS_ENDPOINT_URL`, else the region's endpoint."),
    ),
  ),
  useFips: v.optional(
    v.pipe(v.boolean(), v.description("Calls the region's FIPS endpoint. Default: `AWS_USE_FIPS_ENDPOINT`, else `false`.")),
  ),
  useDualStack: v.optional(
    v.pipe(
      v.boolean(),
      v.description("Calls the region's IPv4 and IPv6 endpoint. Default: `AWS_USE_DUALSTACK_ENDPOINT`, else `false`."),
    ),
  ),
  audience: v.optional(
    v.pipe(
      v.string(),
      v.description(
        "Audience of the token, as the IAM OIDC provider lists it. Default: `sts.amazonaws.com`; of an identity at an OpenID provider, its client id.",
      ),
    ),
  ),
  pinRole: v.optional(
    v.pipe(v.boolean(), v.description("The token names the one role that it may be redeemed for. Default: `true`.")),
  ),
  saml: v.optional(
    v.pipe(
      samlSchema,
      v.description("The role is assumed by a SAML assertion, which the identity gets from its provider. Default: by a token."),
    ),
  ),
});

/** The `aws` block of a profile once it was checked: each value is one that AWS can accept. */
export interface AwsOptions extends CallOptions {
  readonly role: RoleArn;
  /** Where these options come from. */
  readonly place: Place;
  readonly durationSeconds: number;
  readonly sessionName: string | null;
  /** JSON without white space. */
  readonly policy: string | null;
  /** With the one of `readOnly`. */
  readonly policyArns: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTags: readonly string[];
  readonly sourceIdentity: string | null;
  readonly externalId: string | null;
  /** Null: the usual one, or that of an identity which has no other. */
  readonly audience: string | null;
  readonly pinRole: boolean;
  /** Null: the role is assumed by a token. */
  readonly saml: SamlOptions | null;
}

/** How a role is assumed by a SAML assertion. */
export interface SamlOptions {
  readonly audience: string;
  /** Null: the only one that the assertion offers the role through. */
  readonly providerArn: string | null;
}

/** The shortest and the longest life of a role session, in seconds (AWS STS API Reference, `DurationSeconds`). */
const DURATION_RANGE = { min: 900, max: 43_200 };

/** Characters of a client id of an IAM OIDC provider (IAM API Reference, `CreateOpenIDConnectProvider`). */
const LONGEST_AUDIENCE = 255;

/**
 * Checks the `aws` block of a profile.
 *
 * @param where where it stands, for messages: `profiles.dev.aws`
 * @throws {Fault} `CONFIG_KEY_UNKNOWN`, `CONFIG_MALFORMED`, `ARN_INVALID`, `REGION_INVALID`, `DURATION_INVALID`, `NAME_INVALID`,
 * `POLICY_INVALID`, `URL_INVALID`, `AUDIENCE_INVALID`.
 */
export function parseAwsOptions(raw: unknown, where: Place): AwsOptions {
  const written = parseOptions(awsOptionsSchema, raw, where);
  const role = parseRoleArn(written.roleArn, where.at("roleArn"));
  const readOnly = written.readOnly === true ? [`arn:${role.partition}:iam::aws:policy/ReadOnlyAccess`] : [];
  const policyArns = [...new Set([...(written.policyArns ?? []), ...readOnly])];
  checkPolicyArns(policyArns, where.at("policyArns"));
  const tags = written.tags ?? {};
  const transitiveTags = written.transitiveTags ?? [];
  checkTags({ principal: tags, transitive: transitiveTags }, where);
  return {
    role,
    region: optional(written.region, (text) => parseRegion(text, where.at("region"))),
    place: where,
    durationSeconds: parseDuration(written.duration ?? 3600, { ...DURATION_RANGE, where: where.at("duration") }),
    sessionName: optional(written.sessionName, (text) => parseSessionText(text, where.at("sessionName"))),
    policy: optional(written.policy, (policy) => parseSessionPolicy(policy, where.at("policy"))),
    policyArns,
    tags,
    transitiveTags,
    sourceIdentity: optional(written.sourceIdentity, (text) => parseSessionText(text, where.at("sourceIdentity"))),
    externalId: optional(written.externalId, (text) => parseExternalId(text, where.at("externalId"))),
    endpointUrl: optional(written.endpointUrl, (text) =>
      parseEndpointUrl(text, where.at("endpointUrl"), "https://sts.eu-west-1.amazonaws.com"),
    ),
    useFips: written.useFips ?? null,
    useDualStack: written.useDualStack ?? null,
    audience: optional(written.audience, (text) => parseAudience(text, where.at("audience"), LONGEST_AUDIENCE)),
    pinRole: written.pinRole ?? true,
    saml: optional(written.saml, (saml) => parseSaml(saml, written, where)),
  };
}

/** What a token or a parameter would say is the provider's to say in an assertion, so it would have no effect here. */
const NOT_WITH_SAML = ["sessionName", "tags", "transitiveTags", "sourceIdentity", "audience", "pinRole"] as const;

function parseSaml(saml: v.InferOutput<typeof samlSchema>, written: object, where: Place): SamlOptions {
  const idle = NOT_WITH_SAML.find((key) => key in written);
  if (idle !== undefined) {
    throw new Fault("CONFIG_MALFORMED", `${where.at(idle)} has no effect with "saml": what it sets comes from the provider`, {
      hints: [idle === "audience" ? "write it as `saml.audience`" : "map it to an attribute of AWS's client at the provider"],
      details: { at: where.at(idle).path },
    });
  }
  const { audience = "urn:amazon:webservices", providerArn = null } = saml;
  if (providerArn !== null && !/^arn:aws[a-z0-9-]*:iam::\d{12}:saml-provider\/[\w.-]{1,128}$/.test(providerArn)) {
    throw new Fault(
      "ARN_INVALID",
      `${where.at("saml").at("providerArn")}: ${JSON.stringify(providerArn)} is not the ARN of a SAML provider`,
      {
        hints: ["write it as `arn:aws:iam::123456789012:saml-provider/name`"],
      },
    );
  }
  return { audience: parseAudience(audience, where.at("saml").at("audience"), LONGEST_AUDIENCE), providerArn };
}

/** The form only: whether such a region exists, and in the role's partition, is known where the table of partitions is. */
function parseRegion(text: string, where: Where): string {
  if (/^[a-z]{2,5}(-[a-z]+){1,3}-\d{1,2}$/.test(text)) return text;
  throw new Fault("REGION_INVALID", `${where}: ${JSON.stringify(text)} is not an AWS region`, {
    hints: ["write it as `eu-west-1`"],
  });
}

/** @see STS API Reference, `AssumeRole`, `ExternalId` */
function parseExternalId(text: string, where: Place): string {
  if (/^[\w+=,.@:/-]{2,1224}$/.test(text)) return text;
  throw new Fault(
    "NAME_INVALID",
    `${where}: ${JSON.stringify(text)} is not 2 to 1224 letters, digits or characters of _+=,.@:/-`,
  );
}

function parseSessionText(text: string, where: Place): string {
  if (SESSION_NAME.test(text)) return text;
  throw new Fault("NAME_INVALID", `${where}: ${JSON.stringify(text)} is not ${SESSION_NAME_RULE}`);
}
