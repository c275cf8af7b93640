import { withoutVariables } from "./variables.ts";

/**
 * What tokens may carry that a role's trust has to allow besides the exchange itself. Allowing it needlessly would let whoever
 * holds the issuer's key choose the tags by which policies tell sessions apart.
 */
export interface AllowedClaims {
  /** `sts:TagSession`, which tokens with session tags need. */
  readonly allowTags: boolean;
  /** `sts:SetSourceIdentity`. */
  readonly allowSourceIdentity: boolean;
}

/** An issuer's subject that a role is to let in, by the audience of its tokens. */
export interface WebIdentityTrust extends AllowedClaims {
  /** Of the role: `aws`, `aws-cn`. */
  readonly partition: string;
  readonly accountId: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

/** The ARN of the account's OIDC provider for an issuer: its URL without the scheme. @see IAM User Guide, "IAM ARNs" */
export function oidcProviderArn({
  partition,
  accountId,
  issuer,
}: Pick<WebIdentityTrust, "partition" | "accountId" | "issuer">): string {
  return `arn:${partition}:iam::${accountId}:oidc-provider/${withoutScheme(issuer)}`;
}

/**
 * The statement of a role's trust policy, of version 2012-10-17, that lets in one subject, or those of a pattern with `*` and
 * `?`, and nobody else that the provider vouches for. A value that looks like an IAM variable is escaped, and stands for itself.
 */
export function webIdentityStatement(trust: WebIdentityTrust): object {
  const provider = withoutScheme(trust.issuer);
  const aud = { [`${provider}:aud`]: withoutVariables(trust.audience) };
  const sub = { [`${provider}:sub`]: withoutVariables(trust.subject) };
  return {
    Effect: "Allow",
    Principal: { Federated: oidcProviderArn(trust) },
    Action: [
      "sts:AssumeRoleWithWebIdentity",
      ...(trust.allowTags ? ["sts:TagSession"] : []),
      ...(trust.allowSourceIdentity ? ["sts:SetSourceIdentity"] : []),
    ],
    Condition: /[*?]/.test(trust.subject) ? { StringEquals: aud, StringLike: sub } : { StringEquals: { ...aud, ...sub } },
  };
}

function withoutScheme(issuer: string): string {
  return issuer.replace(/^https:\/\//, "");
}
