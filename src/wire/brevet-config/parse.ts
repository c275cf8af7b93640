import type { Config } from "./config.ts";
import { parseConfigValue } from "./parse-value.ts";
import { readJsonc } from "./read-jsonc.ts";

/**
 * Reads the config file's text: JSON with comments and trailing commas.
 *
 * @throws {Fault} `CONFIG_MALFORMED` with line and column, `CONFIG_KEY_UNKNOWN` with the nearest known key, `NAME_INVALID`.
 */
export function parseConfig(text: string, file: string): Config {
  return parseConfigValue(readJsonc(text, file), file);
}
