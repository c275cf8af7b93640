/** A string of JSON, and the colon that makes it a name; unrolled, so that it takes no more steps than there are characters. */
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g;

/**
 * Whether an object in a JSON text has a name twice. Readers then differ in what it says: some take the first value, some the last.
 *
 * @param text has been parsed.
 * @param value what came of it.
 * @see RFC 8259 §4
 */
export function repeatsName(text: string, value: unknown): boolean {
  let written = 0;
  for (const [, colon] of text.matchAll(STRING)) if (colon !== undefined) written += 1;
  return written !== countNames(value);
}

function countNames(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const names = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((count: number, each) => count + countNames(each), names);
}
