/**
 * The name that an object of a JSON text holds twice; null when there is none.
 *
 * `JSON.parse` silently keeps the last one, so a policy with two `StringEquals` blocks would be read with half of its conditions.
 * `text` has to be valid JSON already.
 *
 * @see IAM User Guide, reference_policies_grammar: a block cannot contain several instances of the same key
 */
export function findDuplicateKey(text: string): string | null {
  // The names of each object around the place, innermost last; an array has a set too, which stays empty.
  const names: Set<string>[] = [];
  for (const [, open, close, string] of text.matchAll(
    /([{[])|([}\]])|("[^"\\]*(?:\\.[^"\\]*)*"\s*:)|"[^"\\]*(?:\\.[^"\\]*)*"/gs,
  )) {
    if (open !== undefined) names.push(new Set());
    else if (close !== undefined) names.pop();
    else if (string !== undefined) {
      const name = String(JSON.parse(string.slice(0, string.lastIndexOf('"') + 1)));
      const inner = names.at(-1);
      if (inner?.has(name)) return name;
      inner?.add(name);
    }
  }
  return null;
}
