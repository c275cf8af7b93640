import type { CloudAdvice, CloudHint } from "../../platform/http/call-cloud.ts";

const VERIFY = "see what Google sees of the issuer: `brevet issuer verify`";
const INSPECT: CloudHint = { lookAtToken: "see what the token says" };

type Advice = Pick<CloudAdvice, "means" | "hints">;

/** By the error code of RFC 6749 §5.2 and RFC 8693 §2.2.2, as Google's STS uses it. */
const STS_ADVICE: Readonly<Record<string, Advice>> = {
  invalid_target: {
    means: "the pool or the provider does not exist, is disabled or was deleted",
    hints: ["look at {provider}: it holds the project's number, the pool and the provider"],
  },
  invalid_grant: {
    means: "Google does not accept the token: issuer, audience, times or signature",
    hints: [
      { lookAtToken: "compare the provider's issuer and allowed audiences with the token" },
      "after a new key: upload the keys again, or `brevet issuer verify` where Google fetches them",
    ],
  },
  unauthorized_client: {
    means: "the provider's attribute condition does not let this identity in",
    hints: ["compare `attributeCondition` of the provider with the token's claims", INSPECT],
  },
  invalid_request: {
    means: null,
    hints: ["look at `provider`, `audience` and `scopes` of {}", "and at the provider's attribute mapping"],
  },
  invalid_scope: { means: null, hints: ["look at {scopes}"] },
  access_denied: { means: null, hints: [VERIFY] },
};

/** By the canonical code of Google's APIs. */
const IAM_ADVICE: Readonly<Record<string, Advice>> = {
  PERMISSION_DENIED: {
    means: "the federated identity may not act as the service account, or there is no such account",
    hints: [
      "grant it `roles/iam.workloadIdentityUser` on the service account: `gcloud iam service-accounts add-iam-policy-binding --help`",
      "and see that the IAM Service Account Credentials API is enabled: `gcloud services enable iamcredentials.googleapis.com`",
    ],
  },
  NOT_FOUND: { means: "there is no such service account", hints: ["look at {serviceAccount}"] },
  INVALID_ARGUMENT: {
    means: null,
    hints: ["look at `duration` and `scopes` of {}: above 1h needs an organization policy"],
  },
  UNAUTHENTICATED: { means: null, hints: ["begin anew: `brevet cache clear`"] },
};

/** What a refusal of Google's STS means. Its wording decides nothing. */
export function stsAdvice(code: string): CloudAdvice {
  const advice = Object.hasOwn(STS_ADVICE, code) ? STS_ADVICE[code] : undefined;
  // Google has one code for all that is wrong with a token, its times among it.
  return {
    ...(advice ?? { means: null, hints: [] }),
    transient: code === "temporarily_unavailable",
    judgesTimes: code === "invalid_grant",
  };
}

/** What a refusal of the IAM Credentials API means. */
export function iamAdvice(code: string): CloudAdvice {
  const advice = Object.hasOwn(IAM_ADVICE, code) ? IAM_ADVICE[code] : undefined;
  return {
    ...(advice ?? { means: null, hints: [] }),
    transient: /^(UNAVAILABLE|RESOURCE_EXHAUSTED|ABORTED)$/.test(code),
    judgesTimes: false,
  };
}
