import { PAGES } from "./pages.ts";
import type { TrustFlow } from "./request.ts";

/**
 * What it means when a condition key is not in the context that was handed in.
 *
 * `absent`: AWS has no such key in such a request either, so it counts as absent. `untold`: AWS may have it, and whoever
 * asks did not say; a policy that depends on it is undecided.
 */
export type Absence = "absent" | "untold";

/** A condition key that is not a token's claim; a name that ends in `/` or `:` is a family of keys. */
export interface KnownKey {
  readonly name: string;
  readonly missing: Readonly<Record<TrustFlow, Absence>>;
  /** Why a request of this kind has no such key; for those that are `absent`. */
  readonly because: string;
  readonly source: string;
}

const EVERY: KnownKey["missing"] = { oidc: "absent", saml: "absent", aws: "absent" };
const NOWHERE_TOLD: KnownKey["missing"] = { oidc: "untold", saml: "untold", aws: "untold" };
const SIGNED_ONLY: KnownKey["missing"] = { oidc: "absent", saml: "absent", aws: "untold" };

const CARRIED = "the request does not carry it";
const UNSIGNED = "a call with a token or an assertion is not signed with AWS credentials, and only those have this key";

/** Keys whose presence the request itself decides. */
const REQUEST_KEYS: readonly KnownKey[] = [
  { name: "sts:RoleSessionName", missing: EVERY, because: CARRIED, source: PAGES.stsKeys },
  { name: "sts:SourceIdentity", missing: EVERY, because: "no source identity is set", source: PAGES.stsKeys },
  { name: "sts:TransitiveTagKeys", missing: EVERY, because: "no session tag is transitive", source: PAGES.stsKeys },
  { name: "aws:RequestTag/", missing: EVERY, because: "no session tag of that name is passed", source: PAGES.globalKeys },
  { name: "aws:TagKeys", missing: EVERY, because: "no session tags are passed", source: PAGES.globalKeys },
  { name: "sts:ExternalId", missing: EVERY, because: "only AssumeRole takes an external id", source: PAGES.stsKeys },
  {
    name: "sts:RoleAuthorizedByIdp",
    missing: { oidc: "untold", saml: "absent", aws: "absent" },
    because: "only AssumeRoleWithWebIdentity has it",
    source: PAGES.stsActions,
  },
  {
    name: "sts:DurationSeconds",
    missing: EVERY,
    because: "AWS has it for GetServiceBearerToken and GetWebIdentityToken, not for assuming a role",
    source: PAGES.stsActions,
  },
  {
    name: "saml:",
    missing: { oidc: "absent", saml: "absent", aws: "untold" },
    because: "it is not in a SAML assertion of this request",
    source: PAGES.samlKeys,
  },
];

/** Keys of the caller. */
const CALLER_KEYS: readonly KnownKey[] = [
  { name: "aws:PrincipalArn", missing: SIGNED_ONLY, because: UNSIGNED, source: PAGES.globalKeys },
  { name: "aws:PrincipalAccount", missing: NOWHERE_TOLD, because: "", source: PAGES.globalKeys },
  { name: "aws:PrincipalOrgID", missing: NOWHERE_TOLD, because: "", source: PAGES.globalKeys },
  { name: "aws:PrincipalOrgPaths", missing: NOWHERE_TOLD, because: "", source: PAGES.globalKeys },
  { name: "aws:PrincipalTag/", missing: NOWHERE_TOLD, because: "", source: PAGES.globalKeys },
  { name: "aws:PrincipalType", missing: NOWHERE_TOLD, because: "", source: PAGES.globalKeys },
  { name: "aws:PrincipalIsAWSService", missing: NOWHERE_TOLD, because: "", source: PAGES.globalKeys },
  { name: "aws:PrincipalServiceName", missing: EVERY, because: "the caller is no AWS service", source: PAGES.globalKeys },
  { name: "aws:PrincipalServiceNamesList", missing: EVERY, because: "the caller is no AWS service", source: PAGES.globalKeys },
  { name: "aws:userid", missing: NOWHERE_TOLD, because: "", source: PAGES.globalKeys },
  { name: "aws:username", missing: SIGNED_ONLY, because: "only an IAM user has a user name", source: PAGES.variables },
  { name: "aws:MultiFactorAuthPresent", missing: SIGNED_ONLY, because: UNSIGNED, source: PAGES.globalKeys },
  { name: "aws:MultiFactorAuthAge", missing: SIGNED_ONLY, because: UNSIGNED, source: PAGES.globalKeys },
  { name: "aws:TokenIssueTime", missing: SIGNED_ONLY, because: UNSIGNED, source: PAGES.globalKeys },
  {
    name: "aws:SourceIdentity",
    missing: SIGNED_ONLY,
    because: "there is no session yet; use sts:SourceIdentity",
    source: PAGES.sourceIdentity,
  },
  { name: "aws:FederatedProvider", missing: NOWHERE_TOLD, because: "", source: PAGES.globalKeys },
];

/** Keys of the network, the time and the role. */
const SURROUNDING_KEYS: readonly KnownKey[] = [
  ...[
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:SecureTransport",
    "aws:SourceIp",
    "aws:VpcSourceIp",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:UserAgent",
    "aws:referer",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:ResourceTag/",
    "iam:ResourceTag/",
    "aws:ViaAWSService",
  ].map((name) => ({ name, missing: NOWHERE_TOLD, because: "", source: PAGES.globalKeys })),
  ...[
    "aws:SourceArn",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
  ].map((name) => ({
    name,
    missing: SIGNED_ONLY,
    because: "no AWS service makes this call on another's behalf",
    source: PAGES.globalKeys,
  })),
];

const BY_NAME = new Map(
  [...REQUEST_KEYS, ...CALLER_KEYS, ...SURROUNDING_KEYS].map((row): readonly [string, KnownKey] => [row.name.toLowerCase(), row]),
);

/** The row of a key, whatever its case; null for one that this version does not know. */
export function knownKey(key: string): KnownKey | null {
  const lower = key.toLowerCase();
  // The name of a family alone (`aws:RequestTag/`) is not a key.
  if (lower.endsWith("/") || lower.endsWith(":")) return null;
  const family = (end: number): KnownKey | undefined => BY_NAME.get(lower.slice(0, end + 1));
  return BY_NAME.get(lower) ?? family(lower.indexOf("/")) ?? family(lower.indexOf(":")) ?? null;
}
