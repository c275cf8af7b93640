import { PAGES } from "./pages.ts";

/**
 * Which claims of an OIDC token become condition keys: AWS's tables, as data. A claim that is not here is never seen by
 * a trust policy, whatever the token says.
 *
 * @see IAM User Guide, reference_policies_iam-condition-keys, condition-keys-wif; Service Authorization Reference, STS,
 * AssumeRoleWithWebIdentity
 */
export interface ClaimKey {
  /** The part of the condition key after `<provider>:`. */
  readonly key: string;
  /** Claims it is read from; the first that the token has. */
  readonly claims: readonly string[];
  /**
   * `false`: AWS names the key, and does not say in a form that tokens have where its value comes from. A policy that
   * tests it is undecided.
   */
  readonly settled: boolean;
  readonly source: string;
}

/** The keys of one provider, or of a family of them. */
export interface ProviderKeys {
  /** The provider's URL without `https://`; `{}` is a segment of letters, digits, `-`, `_` and `.`. */
  readonly provider: string;
  readonly keys: readonly ClaimKey[];
}

function claim(key: string, claims: readonly string[] = [key]): ClaimKey {
  return { key, claims, settled: true, source: PAGES.oidcKeys };
}

function named(...keys: readonly string[]): readonly ClaimKey[] {
  return keys.map((key) => ({ key, claims: [key], settled: true, source: PAGES.stsActions }));
}

/** Every provider without a table of its own. With `azp` in the token, `aud` is the `azp`, and the audience is `oaud`. */
export const DEFAULT_CLAIM_KEYS: readonly ClaimKey[] = [
  claim("amr"),
  claim("aud", ["azp", "aud"]),
  claim("email"),
  claim("oaud", ["aud"]),
  claim("sub"),
];

const GITHUB = named(
  "actor",
  "actor_id",
  "enterprise_id",
  "environment",
  "job_workflow_ref",
  "ref",
  "repository",
  "repository_id",
  "repository_owner_id",
  "workflow",
);

const BUILDKITE = named(
  "build_branch",
  "cluster_id",
  "cluster_name",
  "organization_id",
  "organization_slug",
  "pipeline_id",
  "pipeline_slug",
);

const GITLAB = named(
  "namespace_id",
  "pipeline_source",
  "project_id",
  "ref_protected",
  "runner_environment",
  "user_access_level",
  "user_email",
  "user_id",
  "user_login",
);

function unsettled(key: string): ClaimKey {
  return { key, claims: [], settled: false, source: PAGES.oidcKeys };
}

/** Providers with keys of their own; the first whose name fits. */
export const PROVIDER_CLAIM_KEYS: readonly ProviderKeys[] = [
  {
    provider: "accounts.google.com",
    // AWS writes the claim google:organization_number; Google puts the number within a claim named google.
    keys: [...DEFAULT_CLAIM_KEYS, unsettled("google/organization_number")],
  },
  {
    provider: "cognito-identity.amazonaws.com",
    keys: [claim("amr"), claim("aud"), claim("oaud", ["aud"]), claim("sub")],
  },
  // Login with Amazon and Facebook hand out opaque access tokens, which have no claims.
  { provider: "www.amazon.com", keys: [unsettled("app_id"), unsettled("user_id"), unsettled("sub")] },
  { provider: "graph.facebook.com", keys: [unsettled("app_id"), unsettled("id")] },
  { provider: "token.actions.githubusercontent.com", keys: [...DEFAULT_CLAIM_KEYS, ...GITHUB] },
  { provider: "token.actions.githubusercontent.com/{}", keys: [...DEFAULT_CLAIM_KEYS, ...GITHUB] },
  { provider: "token.actions.{}.ghe.com", keys: [...DEFAULT_CLAIM_KEYS, ...GITHUB] },
  { provider: "github.com/enterprises/{}", keys: [...DEFAULT_CLAIM_KEYS, ...GITHUB] },
  { provider: "gitlab.com", keys: [...DEFAULT_CLAIM_KEYS, ...GITLAB] },
  { provider: "agent.buildkite.com", keys: [...DEFAULT_CLAIM_KEYS, ...BUILDKITE] },
  { provider: "agent.{}.buildkite.dev", keys: [...DEFAULT_CLAIM_KEYS, ...BUILDKITE] },
  { provider: "agent.{}.buildkite.site", keys: [...DEFAULT_CLAIM_KEYS, ...BUILDKITE] },
  { provider: "oidc.circleci.com/org/{}", keys: [...DEFAULT_CLAIM_KEYS, ...named("oidc.circleci.com/project-id")] },
  { provider: "idcs-{}.identity.oraclecloud.com", keys: [...DEFAULT_CLAIM_KEYS, ...named("rpst_id")] },
];

/** The claims of a provider's tokens that a trust policy can test; `provider` is its URL without `https://`. */
export function claimKeysOf(provider: string): readonly ClaimKey[] {
  const row = PROVIDER_CLAIM_KEYS.find(({ provider: pattern }) => fits(pattern, provider));
  return row?.keys ?? DEFAULT_CLAIM_KEYS;
}

function fits(pattern: string, provider: string): boolean {
  const [head = "", tail] = pattern.split("{}");
  if (tail === undefined) return provider === pattern;
  const name = provider.slice(head.length, provider.length - tail.length);
  return provider.startsWith(head) && provider.endsWith(tail) && /^[\w.-]+$/.test(name);
}
