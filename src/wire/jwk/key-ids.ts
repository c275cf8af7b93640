import type { JwksEntry } from "./jwks.ts";
import { jwkThumbprint } from "./thumbprint.ts";

/**
 * Whether an entry is the key that its `kid` names. Every `kid` of ours is a thumbprint, so that an entry under one of them is either
 * that key or was put there by somebody else; the `kid` alone says nothing.
 *
 * @see RFC 7638
 */
export function isUnderItsOwnId({ kid, jwk }: Pick<JwksEntry, "kid" | "jwk">): boolean {
  return jwk !== null && jwkThumbprint(jwk) === kid;
}

/** The ids among ours under which another key stands, and those that are there more than once: a verifier may take either. */
export function disputedIds(entries: readonly JwksEntry[], ours: Iterable<string>): readonly string[] {
  return [...ours].filter((id) => {
    const claimed = entries.filter(({ kid }) => kid === id);
    return claimed.length > 1 || claimed.some((entry) => !isUnderItsOwnId(entry));
  });
}
