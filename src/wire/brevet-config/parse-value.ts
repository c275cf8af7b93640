import { Fault } from "../../core/fault.ts";
import { isJsonObject, type JsonObject } from "../../core/json-object.ts";
import { type Place, placeIn } from "../../core/place.ts";
import {
  type Config,
  EXCHANGE_KEYS,
  GUARD_NAMES,
  type IdentityEntry,
  NAME_PATTERN,
  type ProfileEntry,
  type StoreEntry,
} from "./config.ts";
import { refuseUnknownKeys } from "./refuse-unknown-keys.ts";

/**
 * The config that the value of its file means.
 *
 * @throws {Fault} `CONFIG_MALFORMED`, `CONFIG_KEY_UNKNOWN` with the nearest known key, `NAME_INVALID`.
 */
export function parseConfigValue(value: unknown, file: string): Config {
  const whole = placeIn(file, "the config");
  const root = asObject(value, whole);
  refuseUnknownKeys(root, ["$schema", "identities", "profiles", "store"], whole);
  return {
    file,
    identities: mapOf(root["identities"], placeIn(file, "identities"), parseIdentity),
    profiles: mapOf(root["profiles"], placeIn(file, "profiles"), parseProfile),
    store: parseStore(root["store"], placeIn(file, "store")),
  };
}

function parseIdentity(name: string, value: unknown, place: Place): IdentityEntry {
  const { kind, ...options } = asObject(value, place);
  if (typeof kind !== "string") throw malformed(place.at("kind"), 'one of the identity kinds, such as "device"');
  return { name, kind, options, place };
}

function parseProfile(name: string, value: unknown, place: Place): ProfileEntry {
  const block = asObject(value, place);
  refuseUnknownKeys(block, ["identity", "via", "interactive", ...EXCHANGE_KEYS], place);
  const exchanges = EXCHANGE_KEYS.filter((key) => key in block);
  const [exchange] = exchanges;
  if (exchange === undefined || exchanges.length > 1)
    throw malformed(place, `a profile with exactly one of ${EXCHANGE_KEYS.join(", ")}`);
  const { identity, via, interactive = "auto" } = block;
  if (identity !== undefined && via !== undefined) throw malformed(place, "a profile with `identity` or `via`, not both");
  if (interactive !== "auto" && interactive !== "always" && interactive !== "never") {
    throw malformed(place.at("interactive"), '"auto", "always" or "never"');
  }
  return {
    name,
    source: source(identity, via, place),
    exchange,
    options: asObject(block[exchange], place.at(exchange)),
    interactive,
    place,
  };
}

function source(identity: unknown, via: unknown, place: Place): ProfileEntry["source"] {
  if (typeof via === "string") return { kind: "via", profile: via };
  if (via === undefined && (identity === undefined || typeof identity === "string")) return { kind: "identity", name: identity };
  throw malformed(place.at(identity === undefined ? "via" : "identity"), "a name");
}

function parseStore(value: unknown, place: Place): StoreEntry {
  if (value === undefined) return { guard: null, runKey: true };
  const block = asObject(value, place);
  refuseUnknownKeys(block, ["guard", "runKey"], place);
  const { guard: word = null, runKey = true } = block;
  const guard = GUARD_NAMES.find((name) => name === word) ?? null;
  if (guard !== word) throw malformed(place.at("guard"), `one of ${GUARD_NAMES.join(", ")}`);
  if (typeof runKey !== "boolean") throw malformed(place.at("runKey"), "true or false");
  return { guard, runKey };
}

function mapOf<T>(value: unknown, place: Place, read: (name: string, value: unknown, place: Place) => T): ReadonlyMap<string, T> {
  const entries = Object.entries(value === undefined ? {} : asObject(value, place));
  return new Map(
    entries.map(([name, entry]) => {
      if (!NAME_PATTERN.test(name))
        throw new Fault(
          "NAME_INVALID",
          `${place} has the key "${name}", which is not a name of letters, digits, ".", "_" and "-"`,
        );
      return [name, read(name, entry, place.at(name))];
    }),
  );
}

function asObject(value: unknown, place: Place): JsonObject {
  if (isJsonObject(value)) return value;
  throw malformed(place, "an object");
}

function malformed(place: Place, wanted: string): Fault {
  return new Fault("CONFIG_MALFORMED", `${place} has to be ${wanted}`, { details: { at: place.path } });
}
