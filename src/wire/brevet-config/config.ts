import type { JsonObject } from "../../core/json-object.ts";
import type { Place } from "../../core/place.ts";

/**
 * The shape of `config.json` as far as every reader needs it. What is inside of an identity's or an exchange's own
 * block is checked by that kind, when that kind is used.
 */

export interface IdentityEntry {
  readonly name: string;
  readonly kind: string;
  /** Everything but `kind`: what the kind's own schema checks. */
  readonly options: JsonObject;
  readonly place: Place;
}

/** The exchange blocks that a profile may hold. */
export const EXCHANGE_KEYS = ["aws", "awsToken", "gcp", "azure", "oauth"] as const;
export type ExchangeKey = (typeof EXCHANGE_KEYS)[number];

export interface ProfileEntry {
  readonly name: string;
  /** What proves it: an identity, by its name or else the only one there is; or another profile. */
  readonly source:
    | { readonly kind: "identity"; readonly name: string | undefined }
    | { readonly kind: "via"; readonly profile: string };
  /** The one exchange block of the profile. */
  readonly exchange: ExchangeKey;
  /** That block: what the exchange's own schema checks. */
  readonly options: JsonObject;
  /** Whether brevet may ask a person: `auto` looks for a terminal. */
  readonly interactive: "auto" | "always" | "never";
  readonly place: Place;
}

/** What may guard the key that seals the store. */
export const GUARD_NAMES = ["keychain", "tpm", "file"] as const;
export type GuardName = (typeof GUARD_NAMES)[number];

export interface StoreEntry {
  /** null: chosen for this machine. */
  readonly guard: GuardName | null;
  /** Whether the unwrapped key may stay in memory until logout. */
  readonly runKey: boolean;
}

export interface Config {
  /** Where it was looked for, as the user has it. */
  readonly file: string;
  readonly identities: ReadonlyMap<string, IdentityEntry>;
  readonly profiles: ReadonlyMap<string, ProfileEntry>;
  readonly store: StoreEntry;
}

/** The config where there is no file yet. */
export function emptyConfig(file: string): Config {
  return { file, identities: new Map(), profiles: new Map(), store: { guard: null, runKey: true } };
}

/** Names of identities and profiles: they become file names, AWS profile names and parts of subjects. */
export const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
