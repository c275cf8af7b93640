/** In a JSON text: an escape, or where a string begins or ends, with the colon that makes it a name. */
const MARK = /\\.|"(\s*:)?/g;

/**
 * Whether an object in a JSON text has a name twice. Readers then differ in what it says: some take the first value, some the last.
 *
 * Endless strings or nesting cost no more than memory: the text may be hostile.
 *
 * @param text has been parsed.
 * @param value what came of it.
 * @see RFC 8259 §4
 */
export function repeatsName(text: string, value: unknown): boolean {
  let written = 0;
  let within = false;
  for (const [mark, colon] of text.matchAll(MARK)) {
    if (mark.startsWith("\\")) continue;
    if (within && colon !== undefined) written += 1;
    within = !within;
  }
  return written !== countNames(value);
}

function countNames(value: unknown): number {
  let names = 0;
  const left = [value];
  while (left.length > 0) {
    const each = left.pop();
    if (typeof each !== "object" || each === null) continue;
    const values = Object.values(each);
    if (!Array.isArray(each)) names += values.length;
    for (const inner of values) left.push(inner);
  }
  return names;
}
