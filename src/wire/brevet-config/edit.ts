import { applyEdits, type FormattingOptions, modify } from "jsonc-parser";

/** Where a value stands in the config: `["profiles", "dev"]`. */
export type ConfigPath = readonly string[];

const NEW_CONFIG = `{
  // brevet: https://github.com/brevet/brevet/blob/main/docs/reference/config.md
}
`;

/**
 * The config's text with one value set, or removed when `value` is undefined. Comments, order and the formatting of
 * everything else stay as they are.
 *
 * @param text must have been read by `parseConfig` without a fault; an empty text starts a new config.
 */
export function editConfig(text: string, path: ConfigPath, value: unknown): string {
  const original = text.trim() === "" ? NEW_CONFIG : text;
  const formattingOptions: FormattingOptions = { tabSize: 2, insertSpaces: true, eol: original.includes("\r\n") ? "\r\n" : "\n" };
  return applyEdits(original, modify(original, [...path], value, { formattingOptions }));
}
