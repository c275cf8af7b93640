import { Fault } from "../../core/fault.ts";
import { isJsonObject, type JsonObject } from "../../core/json-object.ts";
import { type Config, type IdentityEntry, NAME_PATTERN, type ProfileEntry, type StoreEntry } from "./config.ts";
import { refuseUnknownKeys } from "./refuse-unknown-keys.ts";

/** The exchange blocks that a profile may hold. */
export const EXCHANGE_KEYS = ["aws", "awsToken", "gcp", "azure", "oauth"] as const;

/**
 * The config that the value of its file means.
 *
 * @throws {Fault} `CONFIG_MALFORMED`, `CONFIG_KEY_UNKNOWN` with the nearest known key, `NAME_INVALID`.
 */
export function parseConfigValue(value: unknown, file: string): Config {
  const root = asObject(value, "the config", file);
  refuseUnknownKeys(root, ["$schema", "identities", "profiles", "store"], "the config", file);
  return {
    file,
    identities: mapOf(root["identities"], "identities", file, parseIdentity),
    profiles: mapOf(root["profiles"], "profiles", file, parseProfile),
    store: parseStore(root["store"], file),
  };
}

function parseIdentity(name: string, value: unknown, file: string): IdentityEntry {
  const { kind, ...options } = asObject(value, `identities.${name}`, file);
  if (typeof kind !== "string") throw malformed(file, `identities.${name}.kind`, 'one of the identity kinds, such as "device"');
  return { name, kind, options };
}

function parseProfile(name: string, value: unknown, file: string): ProfileEntry {
  const at = `profiles.${name}`;
  const block = asObject(value, at, file);
  refuseUnknownKeys(block, ["identity", "via", "interactive", ...EXCHANGE_KEYS], at, file);
  const exchanges = EXCHANGE_KEYS.filter((key) => key in block);
  const [exchange] = exchanges;
  if (exchange === undefined || exchanges.length > 1) throw malformed(file, at, `exactly one of ${EXCHANGE_KEYS.join(", ")}`);
  const { identity, via, interactive = "auto" } = block;
  if (identity !== undefined && via !== undefined) throw malformed(file, at, "either an identity or a via, not both");
  if (interactive !== "auto" && interactive !== "always" && interactive !== "never") {
    throw malformed(file, `${at}.interactive`, '"auto", "always" or "never"');
  }
  return {
    name,
    source: source(identity, via, at, file),
    exchange,
    options: asObject(block[exchange], `${at}.${exchange}`, file),
    interactive,
  };
}

function source(identity: unknown, via: unknown, at: string, file: string): ProfileEntry["source"] {
  if (typeof via === "string") return { kind: "via", profile: via };
  if (via === undefined && (identity === undefined || typeof identity === "string")) return { kind: "identity", name: identity };
  throw malformed(file, `${at}.${identity === undefined ? "via" : "identity"}`, "a name");
}

function parseStore(value: unknown, file: string): StoreEntry {
  if (value === undefined) return { guard: null, runKey: true };
  const block = asObject(value, "store", file);
  refuseUnknownKeys(block, ["guard", "runKey"], "store", file);
  const { guard = null, runKey = true } = block;
  if (guard !== null && guard !== "keychain" && guard !== "tpm" && guard !== "file") {
    throw malformed(file, "store.guard", '"keychain", "tpm" or "file"');
  }
  if (typeof runKey !== "boolean") throw malformed(file, "store.runKey", "true or false");
  return { guard, runKey };
}

function mapOf<T>(
  value: unknown,
  at: string,
  file: string,
  read: (name: string, value: unknown, file: string) => T,
): ReadonlyMap<string, T> {
  const entries = Object.entries(value === undefined ? {} : asObject(value, at, file));
  return new Map(
    entries.map(([name, entry]) => {
      if (!NAME_PATTERN.test(name))
        throw new Fault("NAME_INVALID", `${file}: "${name}" in ${at} is not a name of letters, digits, ".", "_" and "-"`);
      return [name, read(name, entry, file)];
    }),
  );
}

function asObject(value: unknown, at: string, file: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw malformed(file, at, "an object");
}

function malformed(file: string, at: string, wanted: string): Fault {
  return new Fault("CONFIG_MALFORMED", `${file}: ${at} has to be ${wanted}`, { details: { at } });
}
