import { CLOCK_HINT } from "../../core/time.ts";
import type { CloudHint } from "../../platform/http/call-cloud.ts";
import { NO_KEYS } from "../../wire/aws-sts/is-transient.ts";

/**
 * What to do about a refusal, by AWS's own code.
 *
 * What brevet does next depends on codes alone, with one exception that AWS leaves no choice in; AWS's wording only
 * chooses between hints, so that a sentence that AWS rewrites costs a hint and nothing else.
 */
interface Advice {
  /** What it means, where AWS's own words leave it open; null where they do not. */
  readonly means: string | null;
  readonly hints: readonly CloudHint[];
}

interface CodeAdvice extends Advice {
  /** More exact advice for a known wording; the first that matches. */
  readonly when?: readonly (Advice & { readonly says: RegExp })[];
}

const VERIFY = "see what AWS sees of the issuer: `brevet issuer verify`";
const INSPECT: CloudHint = { lookAtToken: "see what the token says" };

const UNFETCHED = "AWS cannot fetch the issuer's keys";

const PACKED: Advice = {
  means: "session policies and tags together are larger than AWS can pack",
  hints: ["shorten `policy`, or use fewer `policyArns` and `tags`, of {}"],
};
const POLICY: Advice = { means: "AWS cannot read the session policy", hints: ["mend {policy}"] };

const ADVICE: Readonly<Record<string, CodeAdvice>> = {
  AccessDenied: {
    means: "the role does not exist, or its trust policy does not let this identity in",
    hints: [{ lookAtToken: "compare the conditions of the trust policy with the token" }],
    when: [
      {
        says: /sts:TagSession/,
        means: "the trust policy does not allow `sts:TagSession`, which a token or a call with tags needs",
        hints: ["add `sts:TagSession` to the actions of the role's trust policy, or remove `tags`"],
      },
      {
        says: /sts:SetSourceIdentity/,
        means: "the trust policy does not allow `sts:SetSourceIdentity`, which a token or a call with a source identity needs",
        hints: ["add `sts:SetSourceIdentity` to the actions of the role's trust policy, or remove `sourceIdentity`"],
      },
      {
        says: /sts:AssumeRoleWithSAML/,
        means: "the role does not exist, or its trust policy does not let this person in",
        hints: ["compare the trust policy with {saml}: its principal is `providerArn`, its `SAML:aud` is AWS's sign-in"],
      },
      {
        says: /sts:GetWebIdentityToken/,
        means: "the permissions of the role in `via` do not allow it tokens for this audience, or end its sessions",
        hints: [
          "allow `sts:GetWebIdentityToken` on `*` in the role's permissions, as `brevet setup aws … --token-audience AUDIENCE` does",
        ],
      },
      {
        says: /sts:AssumeRole\b/,
        means: "the role's trust policy or the permissions of the profile in `via` do not allow it",
        hints: ["allow `sts:AssumeRole` on both sides: in this role's trust policy and in the other role's permissions"],
      },
    ],
  },
  InvalidIdentityToken: {
    means: "AWS does not accept the token",
    hints: [INSPECT, VERIFY],
    when: [
      { says: NO_KEYS, means: UNFETCHED, hints: [VERIFY] },
      {
        says: /specified provider|present in specified|response signature|authnresponse|saml/i,
        means: "AWS does not accept the SAML response",
        hints: [
          "compare the metadata of the IAM SAML provider with what the provider publishes now: certificates change",
          "see which provider the role names: `providerArn` of {saml}",
        ],
      },
      {
        says: /roles claim/i,
        means: "the issuer made the token for other roles than this one",
        hints: [{ lookAtToken: "see which roles its `https://aws.amazon.com/roles` names" }],
      },
      {
        says: /no openidconnect provider found/i,
        means: "the role's account has no OIDC provider for this issuer",
        hints: [
          "create an OIDC provider in that account for exactly the token's issuer, case and trailing slash included",
          INSPECT,
        ],
      },
      {
        says: /audience/i,
        means: "the OIDC provider does not list the token's audience",
        hints: ["add the token's `aud` to the provider's client IDs, or set {audience} to one of them", INSPECT],
      },
      {
        says: /certificate|thumbprint/i,
        means: "AWS does not trust the certificate of the issuer's host",
        hints: [VERIFY],
      },
    ],
  },
  ExpiredTokenException: { means: "the token's life had ended when it reached AWS", hints: [CLOCK_HINT] },
  ExpiredToken: {
    means: "the credentials of the profile in `via` have ended",
    hints: [CLOCK_HINT, "begin anew: `brevet cache clear`"],
  },
  IDPRejectedClaim: { means: "the issuer rejected the token", hints: [VERIFY] },
  IDPCommunicationError: { means: UNFETCHED, hints: [VERIFY] },
  RegionDisabledException: {
    means: "STS is not enabled in that region for that account",
    hints: ["choose another {region}, or enable this one in the account settings of IAM"],
  },
  OutboundWebIdentityFederationDisabledException: {
    means: "the account hands out no tokens of its own",
    hints: ["as an administrator of the account: `aws iam enable-outbound-web-identity-federation`"],
  },
  SessionDurationEscalationException: {
    means: "the token would outlive the session of the profile in `via`",
    hints: ["set {duration} to less", "begin anew: `brevet cache clear`"],
  },
  PackedPolicyTooLarge: PACKED,
  PackedPolicyTooLargeException: PACKED,
  MalformedPolicyDocument: POLICY,
  MalformedPolicyDocumentException: POLICY,
  ValidationError: {
    means: null,
    hints: ["see the values of the profile: `brevet status`"],
    when: [
      {
        says: /DurationSeconds|session duration/i,
        means: null,
        hints: ["set {duration} to the role's maximum session duration or less"],
      },
    ],
  },
  SignatureDoesNotMatch: { means: null, hints: [CLOCK_HINT] },
};

/** What AWS's refusal means and what to do; for a code that is not in the table, AWS's own words have to do. */
export function adviceFor(cloudCode: string, cloudMessage: string): Advice {
  const advice = Object.hasOwn(ADVICE, cloudCode) ? ADVICE[cloudCode] : undefined;
  if (advice === undefined) return { means: null, hints: [] };
  return advice.when?.find(({ says }) => says.test(cloudMessage)) ?? advice;
}

/** Codes under which STS refuses times: those of a token, and those of a signature. */
export function judgesTimes(cloudCode: string): boolean {
  return /^(ExpiredToken(Exception)?|InvalidIdentityToken|SignatureDoesNotMatch|RequestExpired|RequestTimeTooSkewed)$/.test(
    cloudCode,
  );
}
