import type { AwsConfig, ConfigLine, ConfigSection } from "./parse.ts";
import { indentOf, printAwsConfig, strip } from "./parse.ts";

/** Which of the two files: in `credentials` every section is a profile, in `config` only `[default]` and `[profile …]`. */
export type AwsConfigForm = "config" | "credentials";

/** The profile that a section is, or null for a section of another kind (`[sso-session x]`, `[services x]`). */
export function profileOfSection(section: ConfigSection, form: AwsConfigForm = "config"): string | null {
  if (form === "credentials" || section.header === "default") return section.header;
  if (!section.header.startsWith("profile")) return null;
  const words = splitWords(section.header);
  return words?.length === 2 ? (words[1] ?? null) : null;
}

/** The names of all profiles, in the order of the file. */
export function profileNames(config: AwsConfig, form: AwsConfigForm = "config"): readonly string[] {
  return config.sections.map((section) => profileOfSection(section, form)).filter((name) => name !== null);
}

/** The section that readers use for a profile; null when there is none. Of two spellings of one name the later wins. */
export function findProfile(config: AwsConfig, name: string): ConfigSection | null {
  return config.sections.findLast((section) => profileOfSection(section) === name) ?? null;
}

/** A section from its header to its last key, comments between them included; lines are joined by `\n` whatever the file has. */
export function sectionText(config: AwsConfig, section: ConfigSection): string {
  const lines = config.lines.slice(section.headerLine, section.lastLine + 1);
  return lines.map(({ text }) => text).join("\n");
}

/** The text with a section's lines replaced, in the line ends of the file. */
export function replaceSection(config: AwsConfig, section: ConfigSection, lines: readonly string[]): string {
  const end = lineEnd(config);
  const lastEnd = config.lines[section.lastLine]?.end ?? end;
  const written = lines.map((text, index) => ({ text, end: index === lines.length - 1 ? lastEnd : end }));
  return print([...config.lines.slice(0, section.headerLine), ...written, ...config.lines.slice(section.lastLine + 1)]);
}

/** The header of a profile that is not there yet. */
export function profileHeader(name: string): string {
  if (name === "default") return "[default]";
  return /^[\w@%+=:,./-]+$/.test(name) ? `[profile ${name}]` : `[profile "${name}"]`;
}

/**
 * The text with one more section at its end, in the line ends of the file.
 *
 * @param section lines without line ends, the header first.
 * @returns also the gap: what was put between the former end and the section, for {@link cutSection}.
 */
export function appendSection(config: AwsConfig, section: readonly string[]): { readonly text: string; readonly gap: string } {
  const end = lineEnd(config);
  const last = config.lines.at(-1);
  const gap = last === undefined ? "" : `${last.end === "" ? end : ""}${strip(last.text) === "" ? "" : end}`;
  return { text: printAwsConfig(config) + gap + section.map((line) => line + end).join(""), gap };
}

/**
 * The text with some keys of a section set to new values. Keys that are there keep their place and their indent, new ones
 * follow the last; everything outside of the section and every other key stays byte for byte.
 */
export function setKeys(config: AwsConfig, section: ConfigSection, values: Readonly<Record<string, string>>): string {
  const end = lineEnd(config);
  const lines: (readonly ConfigLine[])[] = config.lines.map((line) => [line]);
  const added: ConfigLine[] = [];
  for (const [name, value] of Object.entries(values)) {
    const key = section.keys.find((key) => key.name === name);
    if (key === undefined) added.push(...keyLines(`${indentOfNewKey(config, section)}${name} = `, value, end));
    else if (key.value !== value) {
      const [, start = ""] = /^(.*?[=:]\s*)/s.exec(config.lines[key.firstLine]?.text ?? "") ?? [];
      const lastEnd = config.lines[key.lastLine]?.end ?? end;
      for (let line = key.firstLine; line <= key.lastLine; line += 1) lines[line] = [];
      const written = keyLines(/\s$/.test(start) ? start : `${start} `, value, end);
      lines[key.firstLine] = [...written.slice(0, -1), { text: written.at(-1)?.text ?? "", end: lastEnd }];
    }
  }
  if (added.length > 0) lines[section.lastLine] = [...closeLine(lines[section.lastLine] ?? [], end), ...added];
  return print(lines.flat());
}

/** A value of several lines is continued by lines that are indented deeper than its key. */
function keyLines(start: string, value: string, end: string): readonly ConfigLine[] {
  const [first = "", ...more] = value.split("\n");
  const indent = indentOf(start);
  return [{ text: (start + first).trimEnd(), end }, ...more.map((line) => ({ text: `${indent}  ${strip(line)}`, end }))];
}

/**
 * That of the section's last key: a line that is indented deeper than the key above it continues that key's value, so a new
 * key may neither be deeper than the one before it nor less deep than what follows.
 */
function indentOfNewKey(config: AwsConfig, section: ConfigSection): string {
  const lastKey = section.keys.at(-1);
  const next = config.lines.slice(section.lastLine + 1).find(({ text }) => /^[^#;]/.test(strip(text)));
  const model = lastKey === undefined ? next : config.lines[lastKey.firstLine];
  return indentOf(model?.text ?? "");
}

function closeLine(lines: readonly ConfigLine[], end: string): readonly ConfigLine[] {
  const last = lines.at(-1);
  return last?.end === "" ? [...lines.slice(0, -1), { ...last, end }] : lines;
}

/**
 * The text without a section's lines, and without the gap before it: all of the gap if nothing follows, else its empty line.
 *
 * @param gap what {@link appendSection} gave; null where that is not known: then one empty line counts as the gap.
 */
export function cutSection(config: AwsConfig, section: ConfigSection, gap: string | null): string {
  const before = config.lines.slice(0, section.headerLine);
  const after = config.lines.slice(section.lastLine + 1);
  const text = print(before);
  if (after.length === 0 && gap !== null && text.endsWith(gap)) return text.slice(0, text.length - gap.length);
  const isApart = gap !== "" && before.length > 0 && strip(before.at(-1)?.text ?? "") === "";
  return print([...(isApart ? before.slice(0, -1) : before), ...after]);
}

function print(lines: readonly ConfigLine[]): string {
  return lines.map(({ text, end }) => text + end).join("");
}

function lineEnd(config: AwsConfig): string {
  return config.lines[0]?.end || "\n";
}

/** The words of a section header, with the quotes that Python's `shlex` knows; null when a quote is not closed. */
function splitWords(text: string): readonly string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let rest = text;
  while (rest !== "") {
    const [piece = "", space, single, double, escaped, plain] =
      /^(?:([ \t\r\n]+)|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^ \t\r\n'"\\]))/s.exec(rest) ?? [];
    if (piece === "") return null;
    rest = rest.slice(piece.length);
    if (space === undefined) word = (word ?? "") + (single ?? double?.replace(/\\(["\\])/g, "$1") ?? escaped ?? plain ?? "");
    else if (word !== null) {
      words.push(word);
      word = null;
    }
  }
  return word === null ? words : [...words, word];
}
