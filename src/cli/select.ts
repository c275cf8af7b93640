import { Fault } from "../core/fault.ts";
import { listed } from "../core/listed.ts";
import { nearest } from "../core/nearest.ts";
import { typedPlace } from "../core/place.ts";
import { posixWord } from "../core/posix-word.ts";
import type { Environment } from "../platform/paths.ts";
import type { Config, IdentityEntry, ProfileEntry } from "../wire/brevet-config/config.ts";

/**
 * The profile that is meant: the one named, else `BREVET_PROFILE`, else the only one.
 *
 * @param place what names it, where that is not the command line: `profiles.dev.via`.
 * @throws {Fault} `PROFILE_UNKNOWN`, `PROFILE_AMBIGUOUS`, `CONFIG_ABSENT`.
 */
export function selectProfile(
  config: Config,
  named: string | undefined,
  environment: Environment,
  place: string | null = named === undefined ? "BREVET_PROFILE" : null,
): ProfileEntry {
  const wanted = named ?? (environment["BREVET_PROFILE"] || undefined);
  if (wanted !== undefined)
    return entryNamed(config.profiles, wanted, { code: "PROFILE_UNKNOWN", noun: "profile", place, file: config.file });
  const [only, ...others] = config.profiles.values();
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined) {
    throw new Fault("CONFIG_ABSENT", `there is no profile yet in ${config.file}`, {
      hints: ["run `brevet setup aws --role ARN` to make one"],
    });
  }
  const ofAwsTools = environment["AWS_PROFILE"] ?? "";
  throw new Fault("PROFILE_AMBIGUOUS", "there are several profiles and none was named", {
    hints: [
      ...(config.profiles.has(ofAwsTools)
        ? [`AWS_PROFILE is read by AWS's tools alone: \`brevet … --profile ${posixWord(ofAwsTools)}\``]
        : []),
      `name one by --profile, or by BREVET_PROFILE: ${listed(config.profiles.keys())}`,
    ],
  });
}

/** `--identity ambient`, which needs no config: a build job has none. */
export const AMBIENT: IdentityEntry = { name: "ambient", kind: "ambient", options: {}, place: typedPlace("--identity") };

/** What to type where there is no identity yet: as the device, and as a person at a login server or at another provider. */
export const FIRST_IDENTITY =
  "`brevet init` makes this device's; people sign in by `brevet login URL` at a login server, by `brevet setup oidc` elsewhere";

/**
 * The identity that is meant: the one named, else the only one.
 *
 * @param place what names it, where that is not the command line: `profiles.dev.identity`.
 * @throws {Fault} `IDENTITY_UNKNOWN`, `IDENTITY_AMBIGUOUS`, `CONFIG_ABSENT`.
 */
export function selectIdentity(config: Config, named: string | undefined, place: string | null = null): IdentityEntry {
  if (named === AMBIENT.name && !config.identities.has(named)) return AMBIENT;
  if (named !== undefined)
    return entryNamed(config.identities, named, { code: "IDENTITY_UNKNOWN", noun: "identity", place, file: config.file });
  const [only, ...others] = config.identities.values();
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined)
    throw new Fault("CONFIG_ABSENT", `there is no identity yet in ${config.file}`, {
      hints: [FIRST_IDENTITY, "in a build job or on a cloud's machine: `--identity ambient`"],
    });
  const names = [...config.identities.keys()];
  throw new Fault("IDENTITY_AMBIGUOUS", "there are several identities and none was named", {
    hints:
      place === null || place.startsWith("--") ? namedHints(names) : [`say in the config: \`${place}\`, one of ${listed(names)}`],
  });
}

/** The command again, with each of those identities that may be meant. */
export function namedHints(names: readonly string[]): readonly string[] {
  return names.map((name) => `\`brevet … --identity ${posixWord(name)}\``);
}

/**
 * The identity that a person signs in as: the one named, else the only one of a kind that has sign-ins. Devices do not count:
 * their keys prove them.
 *
 * @param sessions has the kinds that have sign-ins as its keys.
 * @throws {Fault} as {@link selectIdentity}
 */
export function selectPerson(config: Config, named: string | undefined, sessions: object): IdentityEntry {
  const people = new Map([...config.identities].filter(([, { kind }]) => Object.hasOwn(sessions, kind)));
  return selectIdentity(named === undefined && people.size > 0 ? { ...config, identities: people } : config, named);
}

/** The commands that make the first one. */
const FIRST = {
  profile: "`brevet setup aws --role ARN`",
  identity: "`brevet init`, `brevet login URL` or `brevet setup oidc`",
} as const;

interface Wanted {
  readonly code: "PROFILE_UNKNOWN" | "IDENTITY_UNKNOWN";
  readonly noun: keyof typeof FIRST;
  readonly place: string | null;
  /** The config that was looked in. */
  readonly file: string;
}

function entryNamed<T>(entries: ReadonlyMap<string, T>, name: string, { code, noun, place, file }: Wanted): T {
  const entry = entries.get(name);
  if (entry !== undefined) return entry;
  const meant = nearest(name, entries.keys());
  const known = entries.size === 0 ? `${FIRST[noun]} makes the first one` : `the ones there are: ${listed(entries.keys())}`;
  throw new Fault(code, `${place === null ? "" : `${place}: `}there is no ${noun} "${name}" in ${file}`, {
    hints: [meant === null ? known : `did you mean "${meant}"?`],
  });
}
