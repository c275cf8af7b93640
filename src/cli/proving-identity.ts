import type { Config, ProfileEntry } from "../wire/brevet-config/config.ts";

/** The identity that proves a profile itself; null for one that goes via another, and where nobody says which of several it is. */
export function provingIdentity({ source }: ProfileEntry, { identities }: Config): string | null {
  if (source.kind === "via") return null;
  const [only = null, ...others] = identities.keys();
  return source.name ?? (others.length === 0 ? only : null);
}

/** The profiles whose clouds this identity proves itself to. */
export function profilesProvedBy(identity: string, config: Config): readonly ProfileEntry[] {
  return [...config.profiles.values()].filter((entry) => provingIdentity(entry, config) === identity);
}

/** The profiles that an identity proves itself to, and those that go by them, over however many. */
function profilesFrom(
  identity: string,
  config: Config,
): { readonly direct: readonly ProfileEntry[]; readonly chained: readonly ProfileEntry[] } {
  const profiles = [...config.profiles.values()];
  const direct = profilesProvedBy(identity, config);
  const reached = new Map(direct.map((entry) => [entry.name, entry]));
  const goesBy = ({ name, source }: ProfileEntry): boolean =>
    source.kind === "via" && reached.has(source.profile) && !reached.has(name);
  for (let next = profiles.find(goesBy); next !== undefined; next = profiles.find(goesBy)) reached.set(next.name, next);
  return { direct, chained: [...reached.values()].slice(direct.length) };
}

/** The identities at the beginning of these profiles' chains. */
export function identitiesBehind(profiles: readonly string[], config: Config): readonly string[] {
  return [...config.identities.keys()].filter((identity) => {
    const { direct, chained } = profilesFrom(identity, config);
    return [...direct, ...chained].some(({ name }) => profiles.includes(name));
  });
}

/** The ARNs of the AWS roles that an identity proves itself to, and of those that profiles assume by them, over however many. */
export function rolesProvedBy(
  identity: string,
  config: Config,
): { readonly direct: readonly string[]; readonly chained: readonly string[] } {
  const { direct, chained } = profilesFrom(identity, config);
  return { direct: rolesOf(direct), chained: rolesOf(chained) };
}

function rolesOf(entries: readonly ProfileEntry[]): readonly string[] {
  return [...new Set(entries.flatMap(({ options: { roleArn } }) => (typeof roleArn === "string" ? [roleArn] : [])))];
}
