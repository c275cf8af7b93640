import type { PublicKey, SignatureAlgorithm } from "../../core/signer.ts";
import type { JwksEntry } from "../../wire/jwk/jwks.ts";
import type { Finding } from "../verdict.ts";
import type { IssuerFacts } from "./issuer-facts.ts";

/** Which key of ours a verifier can use, or why it can use none. */
export type KeySearch = { readonly usable: Finding } | { readonly missing: Finding };

/**
 * Looks for a key of this device that is published as it is, for an algorithm that the verifier takes.
 *
 * @param source where the verifier says which algorithms it takes.
 */
export function findUsableKey(facts: IssuerFacts, takes: readonly SignatureAlgorithm[], source: string): KeySearch {
  const { fetched, keys, ours } = facts;
  const at = fetched.jwks?.url ?? fetched.discovery.url;
  const published = "value" in keys ? keys.value : [];
  const candidates = ours.filter(({ algorithm }) => takes.includes(algorithm));
  const wanted = candidates.length === 0 ? takes : candidates.map(({ algorithm, kid }) => `${algorithm} ${kid}`);
  const saw = published.map(({ kid, members }) => `${String(members["alg"] ?? members["kty"])} ${kid ?? "(no kid)"}`);
  const finding = (meaning: string): Finding => ({ at, wanted, saw, meaning, source });
  if (candidates.length === 0) {
    const [first] = takes;
    return {
      missing: finding(`it takes ${takes.join(" and ")} only: \`brevet issuer generate --add ${first}\` makes such a key`),
    };
  }
  const reasons: string[] = [];
  for (const key of candidates) {
    const reason = reasonAgainst(key, published);
    if (reason === null) return { usable: finding(`tokens signed by ${key.kid} (${key.algorithm}) verify`) };
    reasons.push(reason);
  }
  return { missing: finding(reasons.join("; ")) };
}

function reasonAgainst({ kid, algorithm }: PublicKey, published: readonly JwksEntry[]): string | null {
  // That no other key has the id is a rule of its own.
  const entry = published.find((one) => one.kid === kid);
  if (entry === undefined) return `the key ${kid} is not published: \`brevet issuer publish\``;
  const { alg = algorithm, use = "sig" } = entry.members;
  if (alg !== algorithm) return `the key ${kid} is published for ${String(alg)}, and signs ${algorithm}`;
  return use === "sig" ? null : `the key ${kid} is published for "${String(use)}", and not for signatures`;
}
