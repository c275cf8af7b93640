/** What proves a profile, as the config says it: an identity, or another profile whose credentials it goes on from. */
export type ProfileSource = { readonly identity: string } | { readonly via: string };

/**
 * Whether a profile's way to its credentials leads through another, which must then not be made to depend on it.
 *
 * @param states the profiles of the config by name, as JSON; null where one is not there.
 */
export function leadsThrough(source: ProfileSource, name: string, states: (profile: string) => string | null): boolean {
  const seen = new Set<string>();
  for (let next = viaOf(source); next !== null && !seen.has(next); next = viaOf(JSON.parse(states(next) ?? "{}"))) {
    if (next === name) return true;
    seen.add(next);
  }
  return false;
}

function viaOf(profile: object): string | null {
  return "via" in profile && typeof profile.via === "string" ? profile.via : null;
}
