import { claimKeysOf } from "./claim-keys.ts";
import { knownKey } from "./known-keys.ts";
import { PAGES } from "./pages.ts";
import { flowOf, providerOf, type TrustRequest } from "./request.ts";

/** What is known of one condition key in one request. */
export type KeyFact =
  | { readonly kind: "present"; readonly values: readonly string[] }
  /** AWS has no such key in this request. */
  | { readonly kind: "absent"; readonly because: string; readonly source: string }
  /** AWS may have it; whoever asks did not say, or this version does not know the key. */
  | { readonly kind: "undecided"; readonly because: string; readonly source: string };

/** What the request says of a condition key; `key` in any case, as the policy writes it. */
export function factOf(key: string, request: TrustRequest): KeyFact {
  const values = request.context.get(key.toLowerCase());
  if (values !== undefined && values.length > 0) return { kind: "present", values };
  if (values !== undefined) return { kind: "absent", because: "it has no value", source: PAGES.sets };
  const known = knownKey(key);
  if (known !== null) {
    if (known.missing[flowOf(request.principal)] === "absent") {
      return { kind: "absent", because: known.because, source: known.source };
    }
    return { kind: "undecided", because: `${known.name} was not told, and AWS may have it`, source: known.source };
  }
  return providerKeyFact(key, request) ?? undecidedKey(key);
}

function undecidedKey(key: string): KeyFact {
  return { kind: "undecided", because: `the condition key ${key} is not known to this version`, source: PAGES.condition };
}

/** The fact for a key of an OIDC provider (`issuer.example:sub`); null when it is not of that form. */
function providerKeyFact(key: string, request: TrustRequest): KeyFact | null {
  const prefix = key.slice(0, key.indexOf(":"));
  const flow = flowOf(request.principal);
  const provider = providerOf(request.principal);
  if (provider !== null && key.toLowerCase().startsWith(`${provider.toLowerCase()}:`)) {
    return claimFact(key, key.slice(provider.length + 1), provider);
  }
  if (prefix.toLowerCase() === "https" && provider !== null) {
    return { kind: "absent", because: "condition keys have no https://", source: PAGES.oidcRole };
  }
  // A host name: the key of some provider. The services' own prefixes have no dot.
  if (!/^[\w-]+(\.[\w-]+)+(\/.*)?$/.test(prefix)) return null;
  if (flow === "aws") {
    const because = `${key} is there only when the caller's session began with that provider, which was not told`;
    return { kind: "undecided", because, source: PAGES.oidcKeys };
  }
  const because =
    provider === null
      ? "it is a key of an OIDC provider"
      : `this request comes from the provider ${provider}${slashHint(prefix, provider)}`;
  return { kind: "absent", because, source: PAGES.oidcKeys };
}

function slashHint(prefix: string, provider: string): string {
  const bare = (text: string): string => text.replace(/\/$/, "").toLowerCase();
  return bare(prefix) === bare(provider) ? "; the two differ in a slash at the end" : "";
}

function claimFact(key: string, claim: string, provider: string): KeyFact {
  const row = claimKeysOf(provider).find((candidate) => candidate.key.toLowerCase() === claim.toLowerCase());
  if (row === undefined) {
    return { kind: "absent", because: `AWS never sees this claim: ${claim} becomes no condition key`, source: PAGES.oidcKeys };
  }
  if (!row.settled) return { kind: "undecided", because: `AWS does not say which claim ${key} is read from`, source: row.source };
  return { kind: "absent", because: `the token has no claim ${row.claims.join(" or ")}`, source: row.source };
}
