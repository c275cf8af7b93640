import { Fault } from "../../core/fault.ts";
import type { TrustAction } from "../../trust/aws/request.ts";
import { webIdentityContext } from "../../trust/aws/web-identity-context.ts";
import { AWS_ROLES_CLAIM, parseAwsRoles, parseAwsSourceIdentity, parseAwsTags } from "../../wire/aws-sts/token-claims.ts";
import type { Role } from "../iam/iam-folder.ts";
import type { ActionContext, StsAction } from "./action.ts";
import { issueCredentials } from "./issue-credentials.ts";
import { checkRoleDuration, readSessionParameters, requiredText, type SessionParameters } from "./parameters.ts";
import { finding, Refusal } from "./refusal.ts";
import { readSessionPolicies } from "./session-policies.ts";
import { actionsOf, requireFederatedTrust, requireRole, type SessionExtras } from "./trust-decision.ts";
import { type VerifiedToken, verifyWebIdentityToken } from "./verify-web-identity-token.ts";

const ACTION: TrustAction = "sts:AssumeRoleWithWebIdentity";

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
    const role = requireRole(iam, wanted.roleArn, ACTION);
    const provider = providerArn(role, verified.issuer);
    requireFederatedTrust(role, actionsOf(ACTION, extras), {
      provider,
      context: conditionKeysOf(role, verified, wanted, context),
    });
    checkRoleDuration(role, wanted.durationSeconds);
    const issued = issueCredentials(
      {
        role,
        sessionName: wanted.sessionName,
        durationSeconds: wanted.durationSeconds,
        ...extras,
        policies,
        isChained: false,
      },
      seal,
      now,
    );
    return {
      result: {
        ...issued.members,
        SubjectFromWebIdentityToken: verified.subject,
        Provider: provider,
        Audience: verified.audience,
      },
      summary: issued.arn,
    };
  },
};

/** `ProviderId` is for OAuth 2.0 access tokens of two providers, for which the sandbox has no stand-in. */
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
  throw new Refusal("InvalidIdentityToken", "The target role ARN is not present in the roles claim of the identity token", [
    finding(`the token's ${AWS_ROLES_CLAIM}`, roleArn, roles, "the issuer pinned this token to other roles"),
  ]);
}

function readExtras(verified: VerifiedToken): SessionExtras {
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

function conditionKeysOf(role: Role, { issuer, claims }: VerifiedToken, wanted: SessionParameters, context: ActionContext) {
  return webIdentityContext({
    issuer,
    claims,
    roleSessionName: wanted.sessionName,
    roleArn: role.arn,
    now: context.now,
    ...context.surroundings,
  });
}

function providerArn(role: Role, issuer: string): string {
  return `arn:${role.partition}:iam::${role.accountId}:oidc-provider/${issuer.replace(/^https:\/\//, "")}`;
}
