/** A string, a comment, or a comma that may trail; strings first, so that nothing is looked for inside of one. */
const COMMENTS = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n\r]*|\/\*[\s\S]*?\*\//g;
const TRAILING = /"(?:[^"\\\n]|\\.)*"|,(?=\s*[}\]])/g;
const STRINGS = /"(?:[^"\\\n]|\\.)*"(\s*:)?/g;
const BRACKETS = /"(?:[^"\\\n]|\\.)*"|([{[])|([}\]])/g;

/**
 * The value of a text of JSON with comments and trailing commas in which nothing is wrong; undefined for every other text,
 * and for some good ones: the careful parser then reads it again.
 *
 * Each call reads the config, and the careful parser costs 5 ms in Node. A test holds this one to it.
 */
export function readPlain(text: string, maxDepth: number): unknown {
  const without = (pattern: RegExp, from: string): string =>
    from.replace(pattern, (found) => (found.startsWith('"') ? found : " "));
  const json = without(TRAILING, without(COMMENTS, text));
  if (depthOf(json) > maxDepth) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return keysWritten(json) === keysOf(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [, opens, closes] of json.matchAll(BRACKETS)) {
    depth += (opens === undefined ? 0 : 1) - (closes === undefined ? 0 : 1);
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** More keys are written than there are when one is written twice. */
function keysWritten(json: string): number {
  let keys = 0;
  for (const [, colon] of json.matchAll(STRINGS)) keys += colon === undefined ? 0 : 1;
  return keys;
}

function keysOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, member: unknown) => sum + keysOf(member), own);
}
