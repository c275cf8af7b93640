import { Fault } from "../../core/fault.ts";
import type { SessionTags } from "../../core/identity.ts";
import type { TrustAction } from "../../trust/aws/request.ts";
import { webIdentityContext } from "../../trust/aws/web-identity-context.ts";
import { AWS_ROLES_CLAIM, parseAwsRoles, parseAwsSourceIdentity, parseAwsTags } from "../../wire/aws-sts/token-claims.ts";
import { type Role, trustPolicyOf } from "../iam/iam-folder.ts";
import type { ActionContext, StsAction } from "./action.ts";
import { issueCredentials } from "./issue-credentials.ts";
import { checkRoleDuration, readSessionParameters, requiredText, type SessionParameters } from "./parameters.ts";
import { finding, Refusal } from "./refusal.ts";
import { packedPolicySize, readSessionPolicies } from "./session-policies.ts";
import { requireTrust } from "./trust-decision.ts";
import { type VerifiedToken, verifyWebIdentityToken } from "./verify-web-identity-token.ts";

const ACTION: TrustAction = "sts:AssumeRoleWithWebIdentity";

/** What the token asks for beside the role itself. */
interface TokenExtras {
  readonly tags: SessionTags | null;
  readonly sourceIdentity: string | null;
}

/**
 * Trades an OIDC token for the keys of a role session. The request is not signed.
 *
 * @see STS API Reference, AssumeRoleWithWebIdentity
 */
export const assumeRoleWithWebIdentity: StsAction = {
  name: "AssumeRoleWithWebIdentity",
  async run(context) {
    const { parameters, iam, findKey, seal, now } = context;
    const wanted = readSessionParameters(parameters);
    const token = requiredText(parameters, "WebIdentityToken");
    const policies = readSessionPolicies(parameters, wanted.accountId);
    refuseProviderId(context);
    refuseStrayToken(context);
    const verified = await verifyWebIdentityToken(token, { iam, findKey, accountId: wanted.accountId, now });
    checkRolesClaim(verified, wanted.roleArn);
    const extras = readExtras(verified);
    const role = iam.findRole(wanted.roleArn);
    if (role === null) throw denied("sts:AssumeRoleWithWebIdentity", wanted.roleArn);
    checkTrust(role, verified, extras, wanted, context);
    checkRoleDuration(role, wanted.durationSeconds);
    const packed = packedPolicySize(policies, extras.tags);
    const issued = issueCredentials(
      {
        role,
        sessionName: wanted.sessionName,
        durationSeconds: wanted.durationSeconds,
        sourceIdentity: extras.sourceIdentity,
        tags: extras.tags?.principal ?? {},
        transitiveTagKeys: extras.tags?.transitive ?? [],
        policies,
      },
      seal,
      now,
    );
    return {
      result: {
        SubjectFromWebIdentityToken: verified.subject,
        AssumedRoleUser: issued.assumedRoleUser,
        Credentials: issued.credentials,
        PackedPolicySize: packed === null ? null : String(packed),
        Provider: providerArn(role, verified.issuer),
        Audience: verified.audience,
        SourceIdentity: extras.sourceIdentity,
      },
      summary: issued.arn,
    };
  },
};

/** `ProviderId` is for OAuth 2.0 access tokens of two providers, which the sandbox does not stand in for. */
function refuseProviderId({ parameters }: ActionContext): void {
  const providerId = parameters.get("ProviderId");
  if (providerId === undefined) return;
  throw new Refusal("ValidationError", "ProviderId must not be specified for OpenID Connect ID tokens", [
    finding(
      "ProviderId",
      [],
      providerId.slice(0, 100),
      "AWS's documentation: do not specify this value for OpenID Connect ID tokens",
    ),
  ]);
}

/** A session token of somebody else's keys makes STS fail in this way (aws/aws-sdk-php#1725): clients must not send one. */
function refuseStrayToken({ request }: ActionContext): void {
  if (!request.headers.has("x-amz-security-token")) return;
  throw new Refusal(
    "InvalidIdentityToken",
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
    [
      finding(
        "the request's headers",
        "no X-Amz-Security-Token",
        null,
        "the client sent the session token of other AWS credentials along",
      ),
    ],
  );
}

/** The issuer's own restriction comes before the role's: a token that is pinned to other roles is not valid for this one. */
function checkRolesClaim(verified: VerifiedToken, roleArn: string): void {
  const roles = readClaim(() => parseAwsRoles(verified.claims));
  if (roles === null || roles.includes(roleArn)) return;
  throw new Refusal("InvalidIdentityToken", "The requested role is not among the roles of the token", [
    finding(`the token's ${AWS_ROLES_CLAIM}`, roleArn, roles, "the issuer pinned this token to other roles"),
  ]);
}

function readExtras(verified: VerifiedToken): TokenExtras {
  return readClaim(() => ({ tags: parseAwsTags(verified.claims), sourceIdentity: parseAwsSourceIdentity(verified.claims) }));
}

function readClaim<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== "TOKEN_REFUSED") throw cause;
    const claim = String(cause.details["claim"] ?? "a claim");
    throw new Refusal("InvalidIdentityToken", `The token's claim ${claim} is invalid`, [
      finding(`the token's ${claim}`, [], null, cause.message),
    ]);
  }
}

/** Tags and the source identity are actions of their own: without them in the policy the whole call fails. */
function checkTrust(
  role: Role,
  verified: VerifiedToken,
  extras: TokenExtras,
  wanted: SessionParameters,
  context: ActionContext,
): void {
  const policy = trustPolicyOf(role);
  const conditionKeys = webIdentityContext({
    issuer: verified.issuer,
    claims: verified.claims,
    roleSessionName: wanted.sessionName,
    roleArn: role.arn,
    now: context.now,
    ...context.surroundings,
  });
  const actions: readonly TrustAction[] = [
    ACTION,
    ...(extras.tags === null ? [] : (["sts:TagSession"] as const)),
    ...(extras.sourceIdentity === null ? [] : (["sts:SetSourceIdentity"] as const)),
  ];
  for (const action of actions) {
    const principal = { kind: "federated", arn: providerArn(role, verified.issuer) } as const;
    requireTrust(
      policy,
      { action, principal, resource: role.arn, context: conditionKeys },
      `Not authorized to perform ${action}`,
    );
  }
}

function providerArn(role: Role, issuer: string): string {
  return `arn:${role.partition}:iam::${role.accountId}:oidc-provider/${issuer.replace(/^https:\/\//, "")}`;
}

/** AWS answers the same for a role that does not exist and for one that does not trust the caller. */
function denied(action: string, roleArn: string): Refusal {
  return new Refusal("AccessDenied", `Not authorized to perform ${action}`, [
    finding("RoleArn", "a role in the sandbox's iam/roles", roleArn, "there is no such role: `brevet sandbox trust` makes one"),
  ]);
}
