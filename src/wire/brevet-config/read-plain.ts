/** Far more than anybody writes by hand, and little enough that nothing which reads it takes long. */
export const MAX_CHARACTERS = 1024 * 1024;
export const MAX_DEPTH = 32;

/*
 * Strings are matched first, so that nothing is looked for inside of one. What is not closed is matched too: a pattern that fails
 * there would be tried again at each mark behind it, and a text of a megabyte would take minutes.
 */
const COMMENTS = /"(?:[^"\\\n]|\\.)*"?|\/\/[^\n\r]*|\/\*[\s\S]*?(?:\*\/|$)/g;
/** A comma behind a value and before a closing bracket. */
const TRAILING = /"(?:[^"\\\n]|\\.)*"?|(?<=[\]}"\w]\s*),(?=\s*[}\]])/g;
const STRINGS = /"(?:[^"\\\n]|\\.)*"?(?:\s*:)?/g;

/**
 * The value of a text of JSON with comments and trailing commas in which nothing is wrong; undefined for every other text,
 * and for some good ones: the careful parser then reads it again.
 *
 * Each call reads the config, and the careful parser costs 5 ms in Node. A test holds this one to it.
 */
export function readPlain(text: string): unknown {
  if (text.length > MAX_CHARACTERS) return undefined;
  // As it is first: the patterns cost more than the parsing.
  return parseStrictly(text) ?? parseStrictly(without(TRAILING, without(COMMENTS, withoutMark(text))));
}

/** Editors on Windows put a byte order mark before a text. */
export function withoutMark(text: string): string {
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

function parseStrictly(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    return keysWritten(json) === keysOf(value, MAX_DEPTH) ? value : undefined;
  } catch {
    return undefined;
  }
}

function without(pattern: RegExp, text: string): string {
  return text.replace(pattern, (found) => (found.startsWith('"') || isOpenComment(found) ? found : " "));
}

function isOpenComment(found: string): boolean {
  return found.startsWith("/*") && (found.length < 4 || !found.endsWith("*/"));
}

/** More keys are written than there are when one is written twice. Of all strings only a key is matched up to a colon. */
function keysWritten(json: string): number {
  let keys = 0;
  for (const found of json.match(STRINGS) ?? []) if (found.endsWith(":")) keys += 1;
  return keys;
}

/** The keys of a value and of its members; NaN for one that is nested deeper than `depth`. */
function keysOf(value: unknown, depth: number): number {
  if (typeof value !== "object" || value === null) return 0;
  if (depth === 0) return Number.NaN;
  const members: readonly unknown[] = Object.values(value);
  let keys = Array.isArray(value) ? 0 : members.length;
  for (const member of members) keys += keysOf(member, depth - 1);
  return keys;
}
