import type { Config, ProfileEntry } from "../wire/brevet-config/config.ts";

/** The identity that proves a profile itself; null for one that goes via another, and where nobody says which of several it is. */
export function provingIdentity({ source }: ProfileEntry, { identities }: Config): string | null {
  if (source.kind === "via") return null;
  const [only = null, ...others] = identities.keys();
  return source.name ?? (others.length === 0 ? only : null);
}
