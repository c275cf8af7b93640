import type { Finding } from "../verdict.ts";
import type { IssuerRule } from "./document-rules.ts";
import type { IssuerFacts } from "./issuer-facts.ts";

/** The only members that a key of an uploaded JWKS may have. */
const UPLOADABLE_MEMBERS: ReadonlySet<string> = new Set(["kty", "alg", "use", "kid", "n", "e", "x", "y", "crv"]);

/** What matters when this JWKS is uploaded to a workload identity provider instead of being fetched by it. */
export const GCP_ISSUER_ADVICE: readonly IssuerRule[] = [uploadableMembers];

function uploadableMembers({ fetched, keys }: IssuerFacts): Finding | null {
  if (!("value" in keys) || fetched.jwks === null) return null;
  const found = new Set(keys.value.flatMap(({ members }) => Object.keys(members)));
  const refused = [...found].filter((member) => !UPLOADABLE_MEMBERS.has(member)).sort();
  if (refused.length === 0) return null;
  return {
    at: fetched.jwks.url,
    wanted: [...UPLOADABLE_MEMBERS],
    saw: refused,
    meaning: "Google fetches such a JWKS, and refuses it when it is uploaded (`--jwk-json-path`): generate it without `--x5c`",
    source: "https://cloud.google.com/iam/docs/workload-identity-federation-with-other-providers#manage-oidc-keys",
  };
}
