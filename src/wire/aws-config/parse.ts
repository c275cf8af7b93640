import { Fault } from "../../core/fault.ts";

/**
 * `~/.aws/config` and `~/.aws/credentials`, read exactly as botocore reads them (Python's `RawConfigParser`, the
 * strictest of the SDKs' readers), line by line, so that what was read can be written back byte for byte.
 *
 * Left out: what a nested block (`s3 =` and indented lines) means. It is the text of its key's value.
 */

export interface ConfigLine {
  /** Without its line end. */
  readonly text: string;
  /** `\n`, `\r\n`, `\r`, or nothing at the end of a file without a final line end. */
  readonly end: string;
}

/** A key of a section. `firstLine` to `lastLine` are its line and those that continue its value. */
export interface ConfigKey {
  /** In lower case: readers do not tell `Region` from `region`. */
  readonly name: string;
  readonly value: string;
  readonly firstLine: number;
  readonly lastLine: number;
}

export interface ConfigSection {
  /** Between the brackets, as it is written: `profile "my team"`. */
  readonly header: string;
  readonly headerLine: number;
  /** The last line of the last key, or the header's: comments and empty lines after it belong to nobody. */
  readonly lastLine: number;
  readonly keys: readonly ConfigKey[];
}

export interface AwsConfig {
  readonly lines: readonly ConfigLine[];
  readonly sections: readonly ConfigSection[];
}

/** What Python strips and what its `\s` matches; `String.trim` differs in U+001C–U+001F, U+0085 and U+FEFF. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

interface OpenKey {
  readonly name: string;
  readonly value: string[];
  readonly firstLine: number;
  lastLine: number;
}

interface OpenSection {
  readonly header: string;
  readonly headerLine: number;
  readonly keys: Map<string, OpenKey>;
}

/**
 * Reads an AWS config file, in time that grows as the file does: some have thousands of profiles.
 *
 * @param file for messages only.
 * @throws {Fault} `AWS_CONFIG_MALFORMED` with the line, for everything that botocore refuses: a line that is neither header
 *   nor key, a key before the first header, a section or a key that is there twice.
 */
export function parseAwsConfig(text: string, file: string): AwsConfig {
  const lines = splitLines(text);
  const sections = new Map<string, OpenSection>();
  let section: OpenSection | null = null;
  let indent = 0;
  let key: OpenKey | null = null;
  for (const [number, line] of lines.entries()) {
    const content = strip(line.text);
    if (content === "") {
      key?.value.push("");
      continue;
    }
    if (content.startsWith("#") || content.startsWith(";")) continue;
    const ownIndent = indentOf(line.text).length;
    if (key !== null && ownIndent > indent) {
      key.value.push(content);
      key.lastLine = number;
      continue;
    }
    indent = ownIndent;
    const header = /^\[(.+)\]/s.exec(content)?.[1];
    if (header !== undefined) {
      section = openSection(header, number, sections, file);
      key = null;
    } else {
      key = openKey(content, number, section, file);
    }
  }
  return { lines, sections: [...sections.values()].map(closeSection) };
}

/** The text again, byte for byte. */
export function printAwsConfig(config: AwsConfig): string {
  return config.lines.map(({ text, end }) => text + end).join("");
}

/** White space as Python sees it, taken from both ends. */
export function strip(text: string): string {
  return stripEnd(text.slice(indentOf(text).length));
}

/** Not by a pattern that ends in `$`: it would be tried at each space of a line that has thousands. */
function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && SPACE.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** The white space, as Python sees it, that a line begins with. */
export function indentOf(line: string): string {
  let length = 0;
  while (length < line.length && SPACE.test(line.charAt(length))) length += 1;
  return line.slice(0, length);
}

/** Splits at `\n`, `\r\n` and `\r`; an empty text has no line. */
export function splitLines(text: string): ConfigLine[] {
  return [...text.matchAll(/([^\r\n]*)(\r\n|\r|\n|$)/g)]
    .filter(([whole]) => whole !== "")
    .map(([, content = "", end = ""]) => ({ text: content, end }));
}

function openSection(header: string, line: number, sections: Map<string, OpenSection>, file: string): OpenSection {
  const twin = sections.get(header);
  if (twin !== undefined)
    throw malformed(file, line, `the section [${header}] is there twice, first in line ${twin.headerLine + 1}`);
  const section: OpenSection = { header, headerLine: line, keys: new Map() };
  sections.set(header, section);
  return section;
}

function openKey(content: string, line: number, section: OpenSection | null, file: string): OpenKey {
  if (section === null) throw malformed(file, line, "there is no [section] above this line");
  const sign = content.search(/[=:]/);
  const option = sign < 0 ? "" : stripEnd(content.slice(0, sign));
  // The line itself is not shown: in this file it may be a secret key.
  if (option === "") throw malformed(file, line, "this is neither a section nor `key = value`");
  const name = option.toLowerCase();
  if (section.keys.has(name)) {
    throw malformed(file, line, `the key ${name} is there twice in [${section.header}]`);
  }
  const key: OpenKey = { name, value: [strip(content.slice(sign + 1))], firstLine: line, lastLine: line };
  section.keys.set(name, key);
  return key;
}

function closeSection({ header, headerLine, ...open }: OpenSection): ConfigSection {
  const keys = [...open.keys.values()];
  return {
    header,
    headerLine,
    lastLine: keys.at(-1)?.lastLine ?? headerLine,
    keys: keys.map(({ name, value, firstLine, lastLine }) => ({
      name,
      value: stripEnd(value.join("\n")),
      firstLine,
      lastLine,
    })),
  };
}

function malformed(file: string, line: number, what: string): Fault {
  return new Fault("AWS_CONFIG_MALFORMED", `${file}:${line + 1}: ${what}`, {
    hints: [`mend that line; \`aws configure list\` would stumble over it too`],
    details: { file, line: line + 1 },
  });
}
