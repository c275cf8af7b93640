import type { PublicDocument } from "../../core/publisher.ts";
import type { PublicKey, SignatureAlgorithm } from "../../core/signer.ts";
import { type JwksEntry, parseJwks } from "../jwk/jwks.ts";
import { disputedIds, isUnderItsOwnId } from "../jwk/key-ids.ts";
import { algorithmOf } from "../jwk/public-jwk.ts";
import { JWKS_PATH } from "./discovery.ts";

/** Short, so that a new key is seen soon and a revoked one is forgotten soon. */
const CACHE_CONTROL = "public, max-age=300";

/** The members of one key, as they are published. */
export type JwksMembers = Readonly<Record<string, unknown>>;

/**
 * The members under which a key is published. Google's uploaded JWKS refuses any other (`key_ops`, `ext`, `x5c`).
 *
 * @param certificate standard base64 of a DER certificate, for verifiers that want `x5c`; null for none.
 */
export function jwksMembers(key: PublicKey, certificate: string | null): JwksMembers {
  const members = { ...key.jwk, kid: key.kid, use: "sig", alg: key.algorithm };
  return certificate === null ? members : { ...members, x5c: [certificate] };
}

/** A JWK set as it is served. @see RFC 7517 §5, §8.5.1 */
export function jwksDocument(keys: readonly JwksMembers[]): PublicDocument {
  return {
    path: JWKS_PATH,
    // Object stores and web servers know this type, and every verifier takes it; some refuse application/jwk-set+json.
    contentType: "application/json",
    cacheControl: CACHE_CONTROL,
    body: `${JSON.stringify({ keys }, null, 2)}\n`,
  };
}

/** What publishing `ours` over `present` gives. */
export interface MergedJwks {
  readonly keys: readonly JwksMembers[];
  /** The `kid` of each published key that is not known to be ours; "(no kid)" for one without. */
  readonly foreign: readonly string[];
  /** Our key ids that another key had, or that occurred twice: none of that is kept. */
  readonly disputed: readonly string[];
}

/**
 * Adds our keys to what is published: a key of the same `kid` is replaced in its place, everything else stays as it is. Nothing
 * is taken away, because tokens that an older key signed may still be on their way, except another key under a `kid` of ours,
 * which somebody put there to sign in as this device.
 *
 * @param knownKids of keys that were ours once: they are not foreign.
 */
export function mergeJwks(present: readonly JwksEntry[], ours: readonly JwksEntry[], knownKids: ReadonlySet<string>): MergedJwks {
  const left = new Map(ours.map((entry) => [entry.kid, entry.members]));
  const foreign: string[] = [];
  const placed = new Set<string>();
  const kept = present.flatMap((entry): readonly JwksMembers[] => {
    const { kid, members } = entry;
    if (kid !== null && placed.has(kid)) return [];
    const replacement = left.get(kid);
    const isOurs = kid !== null && (replacement !== undefined || knownKids.has(kid));
    if (!isOurs) {
      foreign.push(kid ?? "(no kid)");
      return [members];
    }
    if (replacement === undefined && !isUnderItsOwnId(entry)) return [];
    placed.add(kid);
    left.delete(kid);
    return [replacement ?? members];
  });
  const ourKids = new Set([...knownKids, ...ours.flatMap(({ kid }) => kid ?? [])]);
  return { keys: [...kept, ...left.values()], foreign, disputed: disputedIds(present, ourKids) };
}

/** The algorithms of the keys in a set that brevet could sign with, ES256 first. */
export function algorithmsIn(entries: readonly JwksEntry[]): readonly SignatureAlgorithm[] {
  const found = new Set(entries.map(({ jwk }) => (jwk === null ? null : algorithmOf(jwk))));
  return (["ES256", "RS256"] as const).filter((algorithm) => found.has(algorithm));
}

/** The keys of a document that was read from a publisher; none if there is no document. */
export function keysOf(document: { readonly body: string } | null, where: string): readonly JwksEntry[] {
  return document === null ? [] : parseJwks(document.body, where);
}
