import type { Finding } from "../verdict.ts";
import type { IssuerRule } from "./document-rules.ts";
import type { IssuerFacts } from "./issuer-facts.ts";

const PROVIDERS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html";

/** "at least one and a maximum of 100 RSA and EC keys", counted for each type. */
const MOST_KEYS = 100;

/** What an IAM OpenID Connect provider asks for beyond the standard. */
export const AWS_ISSUER_RULES: readonly IssuerRule[] = [
  (facts) => countKeys(facts, "RSA"),
  (facts) => countKeys(facts, "EC"),
  shortIssuer,
];

function countKeys({ fetched, keys }: IssuerFacts, type: "RSA" | "EC"): Finding | null {
  if (!("value" in keys) || fetched.jwks === null) return null;
  const count = keys.value.filter(({ members }) => members["kty"] === type).length;
  if (count <= MOST_KEYS) return null;
  return {
    at: fetched.jwks.url,
    wanted: [`at most ${MOST_KEYS} ${type} keys`],
    saw: [`${count} ${type} keys`],
    meaning: "AWS takes no longer JWKS: give each device a path of its own instead of one shared issuer",
    source: PROVIDERS,
  };
}

function shortIssuer({ fetched: { issuer } }: IssuerFacts): Finding | null {
  if (issuer.length <= 255) return null;
  return {
    at: "issuer",
    wanted: ["at most 255 characters"],
    saw: [`${issuer.length} characters`],
    meaning: "no IAM provider can be made for so long a URL",
    source: "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html",
  };
}
