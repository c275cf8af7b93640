import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type JsonObject } from "../../core/json-object.ts";
import { parseConfig } from "../../wire/brevet-config/parse.ts";
import { readJsonc } from "../../wire/brevet-config/read-jsonc.ts";

/** brevet's config as it is written: what {@link parseConfig} takes, with everything that it would fill in left out. */
export function readConfigText(text: string, file: string): JsonObject {
  if (last?.text === text && last.file === file) return last.value;
  parseConfig(text, file);
  const value = readJsonc(text, file);
  last = { text, file, value: isJsonObject(value) ? value : {} };
  return last.value;
}

/** What was read last: a plan of many entries reads the same text for each. */
let last: { readonly text: string; readonly file: string; readonly value: JsonObject } | null = null;

/** What a section of the config has under that name; a name like `constructor` is nobody's until it is written. */
export function memberOf(section: unknown, name: string): unknown {
  return isJsonObject(section) && Object.hasOwn(section, name) ? section[name] : undefined;
}

/** Whether two configs that can be read say the same: an object without members says nothing. */
export function saysSameConfig(one: string, other: string): boolean {
  return isDeepStrictEqual(said(one), said(other));
}

function said(text: string): JsonObject {
  const members = Object.entries(readConfigText(text, "config"));
  return Object.fromEntries(members.filter(([, value]) => !isJsonObject(value) || Object.keys(value).length > 0));
}
