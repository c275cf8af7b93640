import type { PublicKey } from "../../core/signer.ts";
import type { Verdict } from "../verdict.ts";
import { KEY_SET_RULES } from "./document-rules.ts";
import { type FetchedDocument, readIssuer } from "./issuer-facts.ts";
import { findUsableKey } from "./key-rule.ts";

const SOURCE = "https://cloud.google.com/iam/docs/workload-identity-federation-with-other-providers#manage-oidc-keys";

/** Judges a JWKS that a verifier was given, and so fetches from nowhere: keys uploaded to a provider, keys in a folder. */
export function judgeGivenKeys(given: { readonly place: string; readonly jwks: string }, ours: readonly PublicKey[]): Verdict {
  const jwks: FetchedDocument = { url: given.place, status: 200, headers: {}, body: given.jwks };
  // Nothing is fetched, so there is no discovery document; only the keys of these facts are used.
  const facts = readIssuer({ issuer: given.place, discovery: jwks, jwks }, ours);
  if ("problem" in facts.keys) {
    const finding = { at: given.place, wanted: ["a JWKS"], saw: null, meaning: facts.keys.problem, source: SOURCE };
    return { outcome: "refused", because: [finding] };
  }
  const forged = KEY_SET_RULES.map((rule) => rule(facts)).filter((finding) => finding !== null);
  if (forged.length > 0) return { outcome: "refused", because: forged };
  const key = findUsableKey(facts, ["ES256", "RS256"], SOURCE);
  return "usable" in key ? { outcome: "allowed", because: key.usable } : { outcome: "refused", because: [key.missing] };
}
