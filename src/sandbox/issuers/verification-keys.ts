import { isJsonObject } from "../../core/json-object.ts";
import type { EpochSeconds } from "../../core/time.ts";
import type { FetchDocument } from "./fetch-document.ts";

/** One public key of an issuer as it was published. */
export type VerificationKey = Readonly<Record<string, unknown>>;

/** The key for a token, or why there is none. */
export type KeyAnswer =
  | { readonly kind: "found"; readonly key: VerificationKey }
  | { readonly kind: "missing"; readonly why: string };

/** Finds the key that an issuer published under a `kid`. */
export type FindKey = (issuer: string, kid: string) => Promise<KeyAnswer>;

interface CachedKeys {
  readonly fetchedAt: EpochSeconds;
  readonly keys: readonly VerificationKey[];
}

/** AWS does not say how long STS keeps a key set; the sandbox keeps it as long as the issuer's folder is asked to be kept. */
export const KEYS_KEPT_SECONDS = 300;
/** A `kid` that is not in the kept set has it fetched again, but not more often than this: an attacker invents `kid`s for free. */
export const REFETCH_AFTER_SECONDS = 5;
/** IAM User Guide, OIDC providers: at most 100 RSA and 100 EC keys. */
const MAX_KEYS_OF_A_TYPE = 100;

/** The issuers' keys, found through discovery and kept for {@link KEYS_KEPT_SECONDS}. */
export function verificationKeys(fetchDocument: FetchDocument, now: () => EpochSeconds): FindKey {
  const kept = new Map<string, CachedKeys>();
  const underWay = new Map<string, Promise<KeysAnswer>>();
  // Many processes that need the same keys at once cause one fetch.
  const fetchOnce = (issuer: string): Promise<KeysAnswer> => {
    const fetch = underWay.get(issuer) ?? fetchKeys(issuer, fetchDocument).finally(() => underWay.delete(issuer));
    underWay.set(issuer, fetch);
    return fetch;
  };
  return async (issuer, kid) => {
    const cached = kept.get(issuer);
    const age = cached === undefined ? Number.POSITIVE_INFINITY : now() - cached.fetchedAt;
    const found = cached !== undefined && age < KEYS_KEPT_SECONDS ? pick(cached.keys, kid) : null;
    if (found !== null) return { kind: "found", key: found };
    if (cached !== undefined && age < REFETCH_AFTER_SECONDS) return missing(issuer, kid, cached.keys);
    const fetched = await fetchOnce(issuer);
    if ("why" in fetched) return fetched;
    kept.set(issuer, { fetchedAt: now(), keys: fetched.keys });
    const key = pick(fetched.keys, kid);
    return key === null ? missing(issuer, kid, fetched.keys) : { kind: "found", key };
  };
}

type KeysAnswer = { readonly keys: readonly VerificationKey[] } | { readonly kind: "missing"; readonly why: string };

/** OpenID Connect Discovery 1.0 §4: `<issuer>/.well-known/openid-configuration`, whose `issuer` is exactly ours. */
async function fetchKeys(issuer: string, fetchDocument: FetchDocument): Promise<KeysAnswer> {
  const discoveryUrl = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const discovery = await fetchDocument(discoveryUrl);
  if (!discovery.ok) return { kind: "missing", why: discovery.why };
  const document = isJsonObject(discovery.body) ? discovery.body : {};
  if (document["issuer"] !== issuer) {
    return { kind: "missing", why: `${discoveryUrl}: its issuer is ${JSON.stringify(document["issuer"])} and not ${issuer}` };
  }
  const jwksUri = document["jwks_uri"];
  if (typeof jwksUri !== "string" || !jwksUri.startsWith("https://")) {
    return { kind: "missing", why: `${discoveryUrl}: its jwks_uri ${JSON.stringify(jwksUri)} is not an https URL` };
  }
  const jwks = await fetchDocument(jwksUri);
  if (!jwks.ok) return { kind: "missing", why: jwks.why };
  const list = isJsonObject(jwks.body) ? jwks.body["keys"] : undefined;
  if (!Array.isArray(list) || list.length === 0) return { kind: "missing", why: `${jwksUri}: it holds no keys` };
  const keys = list.filter(isJsonObject);
  for (const type of ["RSA", "EC"]) {
    const count = keys.filter((key) => key["kty"] === type).length;
    if (count > MAX_KEYS_OF_A_TYPE) return { kind: "missing", why: `${jwksUri}: it holds ${count} ${type} keys, over 100` };
  }
  return { keys };
}

function pick(keys: readonly VerificationKey[], kid: string): VerificationKey | null {
  return keys.find((key) => key["kid"] === kid && (key["use"] === undefined || key["use"] === "sig")) ?? null;
}

function missing(issuer: string, kid: string, keys: readonly VerificationKey[]): KeyAnswer {
  const published = keys.map((key) => String(key["kid"])).join(", ");
  return { kind: "missing", why: `${issuer} publishes no key "${kid}", but ${published === "" ? "none" : published}` };
}
