import type { Finding } from "../verdict.ts";
import type { IssuerRule } from "./document-rules.ts";
import type { FetchedDocument, IssuerFacts } from "./issuer-facts.ts";

const CACHING = "https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.1";
const JWK = "https://www.rfc-editor.org/rfc/rfc7517#section-4";

/** A key that was taken out of the JWKS is still believed for that long. */
const LONGEST_JWKS_AGE_SECONDS = 3600;

/** Nobody says what is too long; a hundred keys fit into this. */
const LARGE_BYTES = 131_072;

/** What refuses no token today, and is told all the same. */
export const ADVICE_RULES: readonly IssuerRule[] = [
  foreignKeys,
  cacheHeader,
  ({ fetched }) => contentType(fetched.discovery),
  ({ fetched }) => (fetched.jwks === null ? null : contentType(fetched.jwks)),
  ({ fetched }) => (fetched.jwks === null ? null : size(fetched.jwks)),
  promisedAlgorithms,
];

/** Keys of others next to ours: no attack where the issuer is shared on purpose. */
export function foreignKeys({ fetched, keys, everyKey }: IssuerFacts): Finding | null {
  if (!("value" in keys) || fetched.jwks === null) return null;
  const foreign = keys.value.filter(({ kid }) => !everyKey.some((key) => key.kid === kid));
  if (foreign.length === 0) return null;
  return {
    at: fetched.jwks.url,
    wanted: everyKey.map(({ kid }) => kid),
    saw: foreign.map(({ kid }) => kid ?? "(no kid)"),
    meaning: "keys that this device does not have are published here: whoever holds one can claim its subject",
    source: JWK,
  };
}

function cacheHeader({ fetched: { jwks } }: IssuerFacts): Finding | null {
  if (jwks === null || jwks.status !== 200) return null;
  const header = jwks.headers["cache-control"];
  const age = header === undefined ? null : maxAge(header);
  if (age !== null && age <= LONGEST_JWKS_AGE_SECONDS) return null;
  return {
    at: `${jwks.url} cache-control`,
    wanted: ["public, max-age=300"],
    saw: header === undefined ? null : [header],
    meaning:
      age === null
        ? "nothing says how long verifiers may keep the keys: a new key may be refused for hours, a revoked one believed"
        : `verifiers may keep the keys for ${age} s: a new key is refused and a revoked one believed for that long`,
    source: CACHING,
  };
}

/** Seconds; 0 for `no-store` and `no-cache`; null if the header does not say. */
function maxAge(header: string): number | null {
  if (/(^|[\s,])no-(store|cache)\b/i.test(header)) return 0;
  const seconds = /(?:^|[\s,])max-age="?(\d{1,10})/i.exec(header)?.[1];
  return seconds === undefined ? null : Number(seconds);
}

function contentType({ url, status, headers }: FetchedDocument): Finding | null {
  const type = headers["content-type"];
  if (status !== 200 || /^application\/(json|jwk-set\+json)\s*(;|$)/i.test(type ?? "")) return null;
  return {
    at: `${url} content-type`,
    wanted: ["application/json"],
    saw: type === undefined ? null : [type],
    meaning: "some verifiers take only JSON that calls itself JSON",
    source: "https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationResponse",
  };
}

function size({ url, body }: FetchedDocument): Finding | null {
  const bytes = Buffer.byteLength(body);
  if (bytes <= LARGE_BYTES) return null;
  return {
    at: url,
    wanted: [`${LARGE_BYTES} bytes or less`],
    saw: [`${bytes} bytes`],
    meaning: "a verifier that reads only a part of it refuses every token: take out keys that are not used any more",
    source: JWK,
  };
}

function promisedAlgorithms({ fetched, discovery, ours }: IssuerFacts): Finding | null {
  if (!("value" in discovery)) return null;
  const missing = ours.map(({ algorithm }) => algorithm).filter((one) => !discovery.value.algorithms.includes(one));
  if (missing.length === 0) return null;
  return {
    at: `${fetched.discovery.url} id_token_signing_alg_values_supported`,
    wanted: missing,
    saw: discovery.value.algorithms,
    meaning: "verifiers that believe this list refuse tokens signed by the missing algorithm: `brevet issuer publish` mends it",
    source: "https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata",
  };
}
