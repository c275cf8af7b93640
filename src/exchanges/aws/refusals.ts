/** What to do about a refusal, by AWS's own code. */
interface Advice {
  /** What it means, where AWS's own words leave it open. */
  readonly means: string | null;
  readonly hints: readonly string[];
}

const EXPLAIN = "ask which condition of the trust policy fails: `brevet explain`";
const VERIFY = "look at what AWS sees of the issuer: `brevet issuer verify`";

const ADVICE: Readonly<Record<string, Advice>> = {
  AccessDenied: { means: "the role does not exist, or its trust policy does not let this identity in", hints: [EXPLAIN] },
  InvalidIdentityToken: {
    means: "AWS does not accept the token: issuer, audience or signing key is not the one of an OIDC provider in that account",
    hints: [VERIFY, "see the token's issuer and audience: `brevet token inspect`"],
  },
  ExpiredTokenException: {
    means: "the token's life had ended when it reached AWS",
    hints: ["look at this machine's clock: `date -u`"],
  },
  IDPRejectedClaim: { means: "the issuer rejected the token", hints: [VERIFY] },
  IDPCommunicationError: { means: "AWS cannot reach the issuer to fetch its keys", hints: [VERIFY] },
  RegionDisabledException: {
    means: "STS is not enabled in that region for that account",
    hints: ["choose another `region` in the profile, or enable it in the account's IAM settings"],
  },
  PackedPolicyTooLarge: {
    means: "session policies and tags together are larger than AWS can pack",
    hints: ["shorten `policy`, or use fewer `policyArns` and `tags`"],
  },
  PackedPolicyTooLargeException: {
    means: "session policies and tags together are larger than AWS can pack",
    hints: ["shorten `policy`, or use fewer `policyArns` and `tags`"],
  },
  MalformedPolicyDocument: { means: "AWS cannot read the session policy", hints: ["mend `policy` in the profile"] },
  MalformedPolicyDocumentException: { means: "AWS cannot read the session policy", hints: ["mend `policy` in the profile"] },
  ValidationError: {
    means: null,
    hints: ["compare `duration` with the role's maximum session duration, and see the other values of the profile"],
  },
};

/** What AWS's code means and what to do; for a code that is not in the table, AWS's own words have to do. */
export function adviceFor(cloudCode: string): Advice {
  return ADVICE[cloudCode] ?? { means: null, hints: [] };
}

/** AWS asks to repeat these a limited number of times: "often a transient error caused by network conditions". */
export function isTransient(cloudCode: string, cloudMessage: string): boolean {
  if (
    /^(IDPCommunicationError|Throttling(Exception)?|RequestLimitExceeded|TooManyRequestsException|PriorRequestNotComplete)$/.test(
      cloudCode,
    )
  ) {
    return true;
  }
  // The same code is final for every other reason, so only AWS's wording tells this one.
  return cloudCode === "InvalidIdentityToken" && /couldn.t retrieve verification key/i.test(cloudMessage);
}
