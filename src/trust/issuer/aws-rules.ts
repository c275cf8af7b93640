import type { JwksEntry } from "../../wire/jwk/jwks.ts";
import type { Finding } from "../verdict.ts";
import type { IssuerRule } from "./document-rules.ts";
import type { IssuerFacts } from "./issuer-facts.ts";

const PROVIDERS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html";

/** "at least one and a maximum of 100 RSA and EC keys", counted for each type. */
export const MOST_KEYS_OF_A_TYPE = 100;

/** What an IAM OpenID Connect provider asks for beyond the standard. */
export const AWS_ISSUER_RULES: readonly IssuerRule[] = [countKeys, shortIssuer];

/** The type of which a JWKS has more keys than AWS takes, and how many; null if there is none. */
export function typesBeyondAws(entries: readonly JwksEntry[]): { readonly type: "RSA" | "EC"; readonly count: number } | null {
  for (const type of ["RSA", "EC"] as const) {
    const count = entries.filter(({ members }) => members["kty"] === type).length;
    if (count > MOST_KEYS_OF_A_TYPE) return { type, count };
  }
  return null;
}

function countKeys({ fetched, keys }: IssuerFacts): Finding | null {
  if (!("value" in keys) || fetched.jwks === null) return null;
  const beyond = typesBeyondAws(keys.value);
  if (beyond === null) return null;
  const { type, count } = beyond;
  return {
    at: fetched.jwks.url,
    wanted: [`at most ${MOST_KEYS_OF_A_TYPE} ${type} keys`],
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
