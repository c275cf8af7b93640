import { digestOf } from "../core/digest.ts";
import type { Exchange } from "../core/exchange.ts";
import { Fault } from "../core/fault.ts";
import type { Identity } from "../core/identity.ts";
import type { JsonObject } from "../core/json-object.ts";
import { type Place, typedPlace } from "../core/place.ts";
import type { ProfilePath } from "../core/profile.ts";
import type { Environment } from "../platform/paths.ts";
import type { Config, IdentityEntry, ProfileEntry } from "../wire/brevet-config/config.ts";
import { selectIdentity, selectProfile } from "./select.ts";

/** Which profile, and what differs from it for this one call. */
export interface ProfileSelection {
  readonly profile?: string | undefined;
  /** For a profile that is made up on the command line (`--role`). */
  readonly identity?: string | undefined;
  /** Values that replace those of the exchange block. */
  readonly overrides: JsonObject;
  /** What was typed for them, for messages: `{ roleArn: "--role" }`. */
  readonly typed?: Readonly<Record<string, string>>;
}

/** A profile with this call's overrides in place. */
export interface SelectedEntry extends ProfileEntry {
  /** Where its exchange block comes from, and the words that were typed instead of its members. */
  readonly block: Place;
  /** Whether it is as the config has it, so that its name says to another command what it is. */
  readonly isAsInConfig: boolean;
}

/** An exchange block, and how to check it and to open the exchange that it describes. */
export interface PreparedExchange {
  /** Everything of it that shapes the credentials. */
  readonly shape: JsonObject;
  /** @throws {Fault} for a block that the exchange does not take. */
  check(): Promise<void>;
  /** @param subject who the credentials are for; null where only the cloud will know. */
  open(subject: string | null): Promise<Exchange>;
}

/** On whose behalf an identity is opened: what a person is told, and whether one may be asked. */
export interface Asking {
  /** The profile that was asked for, not those that it goes via; null where there is none. */
  readonly profile: string | null;
  readonly interactive: ProfileEntry["interactive"];
  /** For this, a moment ago. */
  readonly hasSignedIn: boolean;
}

/** What a profile is resolved with. */
export interface ResolverParts {
  readonly config: () => Promise<Config>;
  readonly environment: Environment;
  readonly openIdentity: (entry: IdentityEntry, asking: Asking) => Promise<Identity>;
  /** What shapes the credentials besides the identity's entry: for an ambient identity, which job or machine this is. */
  readonly identityShape: (entry: IdentityEntry) => Promise<JsonObject>;
  readonly prepareExchange: (entry: SelectedEntry) => Promise<PreparedExchange>;
}

/** What proves a profile, what of that shapes the credentials, and the subject where it is known beforehand. */
interface Source {
  readonly source: ProfilePath["source"];
  readonly shape: JsonObject;
  readonly subject: string | null;
  /** The identity at the beginning of the chain. */
  readonly identity: string;
}

/**
 * The entry that a selection means, with its overrides in place: a profile of the config, or one made up for `--role`.
 *
 * @throws {Fault} see `selectProfile`.
 */
export function selectedEntry(selection: ProfileSelection, config: Config, environment: Environment): SelectedEntry {
  const { profile, identity, overrides } = selection;
  const typed: Record<string, string> = {};
  for (const [key, word] of Object.entries(selection.typed ?? {})) if (key in overrides) typed[key] = word;
  const { roleArn } = overrides;
  if (profile === undefined && typeof roleArn === "string") {
    return {
      name: roleArn.split("/").at(-1) ?? roleArn,
      source: { kind: "identity", name: identity },
      exchange: "aws",
      options: overrides,
      interactive: "auto",
      place: typedPlace("--role").withTyped({ identity: "--identity" }),
      block: typedPlace("--role").withTyped(typed),
      isAsInConfig: false,
    };
  }
  const entry = selectProfile(config, profile, environment);
  const options = { ...entry.options, ...overrides };
  return { ...entry, options, block: blockOf(entry).withTyped(typed), isAsInConfig: Object.keys(overrides).length === 0 };
}

function blockOf({ place, exchange }: ProfileEntry): Place {
  return place.at(exchange);
}

/**
 * Makes the path of a profile. Of the identity only the entry in the config is read: it is opened, and checked, when
 * credentials have to be got.
 *
 * @throws {Fault} `PROFILE_LOOP`, `PROFILE_UNKNOWN`, `IDENTITY_UNKNOWN`, `IDENTITY_AMBIGUOUS`. What the exchange's options raise comes from `check`.
 */
export async function resolveProfile(entry: SelectedEntry, parts: ResolverParts): Promise<ProfilePath> {
  return (await resolve(entry, parts, { profile: entry.name, interactive: entry.interactive, hasSignedIn: false }, [])).path;
}

/**
 * The path of the proof that a profile's exchange would redeem, for tools that make the exchange by themselves.
 *
 * @param presenting makes the exchange that hands out the proof of another.
 */
export async function resolveProof(
  entry: SelectedEntry,
  presenting: (exchange: Exchange) => Promise<Exchange>,
  parts: ResolverParts,
): Promise<ProfilePath> {
  const prepareExchange: ResolverParts["prepareExchange"] = async (asked) => {
    const prepared = await parts.prepareExchange(asked);
    if (asked !== entry) return prepared;
    return { ...prepared, shape: { proof: prepared.shape }, open: async (subject) => presenting(await prepared.open(subject)) };
  };
  return resolveProfile(entry, { ...parts, prepareExchange });
}

/** The path of an identity's own token, presented as it is. */
export async function resolveToken(
  identity: IdentityEntry,
  audience: string,
  exchange: PreparedExchange,
  parts: ResolverParts,
): Promise<ProfilePath> {
  return assemble(
    audience,
    "direct",
    exchange,
    await identitySource(identity, parts, { profile: null, interactive: "auto", hasSignedIn: false }),
  );
}

interface Resolved {
  readonly path: ProfilePath;
  readonly subject: string | null;
  readonly identity: string;
}

async function resolve(entry: SelectedEntry, parts: ResolverParts, asking: Asking, seen: readonly string[]): Promise<Resolved> {
  if (seen.includes(entry.name)) {
    throw new Fault("PROFILE_LOOP", `the profile ${entry.name} reaches itself: ${[...seen, entry.name].join(" → ")}`, {
      hints: ["give one of them an `identity` in place of `via`"],
    });
  }
  const source = await sourceOf(entry, parts, asking, [...seen, entry.name]);
  const { subject, identity } = source;
  return { path: assemble(entry.name, entry.exchange, await parts.prepareExchange(entry), source), subject, identity };
}

async function sourceOf(entry: SelectedEntry, parts: ResolverParts, asking: Asking, seen: readonly string[]): Promise<Source> {
  const { place, source } = entry;
  const config = await parts.config();
  if (source.kind === "identity") {
    return identitySource(selectIdentity(config, source.name, place.at("identity").path), parts, asking);
  }
  const via = selectProfile(config, source.profile, parts.environment, place.at("via").path);
  const { path, ...who } = await resolve({ ...via, block: blockOf(via), isAsInConfig: true }, parts, asking, seen);
  return { source: { kind: "via", profile: path }, shape: { via: path.cacheKey }, ...who };
}

async function identitySource(entry: IdentityEntry, parts: ResolverParts, asking: Asking): Promise<Source> {
  // A rotation changes where keys are published and which comes next, and does not change the credentials.
  const { keys: _, ...options } = entry.options;
  const { subject } = options;
  const around = await parts.identityShape(entry);
  return {
    source: { kind: "identity", name: entry.name, open: (hasSignedIn) => parts.openIdentity(entry, { ...asking, hasSignedIn }) },
    shape: { identity: entry.name, kind: entry.kind, options, ...(Object.keys(around).length === 0 ? {} : { around }) },
    subject: typeof subject === "string" ? subject : null,
    identity: entry.name,
  };
}

/** How the cache keys begin of all credentials that this identity proved, directly or through other profiles. */
export function cacheKeyPrefix(identity: string): string {
  return `${digestOf({ identity }).slice(0, 12)}.`;
}

function assemble(name: string, exchange: string, prepared: PreparedExchange, from: Source): ProfilePath {
  const { source, shape, subject, identity } = from;
  return {
    name,
    cacheKey: cacheKeyPrefix(identity) + digestOf({ exchange, options: prepared.shape, source: shape }),
    source,
    check: () => prepared.check(),
    openExchange: () => prepared.open(subject),
  };
}
