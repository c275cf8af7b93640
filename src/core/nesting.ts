/** Far more than any document has that this program reads; who walks a value by recursion, as `JSON.stringify` does, goes on for thousands. */
const DEEPEST = 100;

/** Whether a value of JSON is nested more deeply than any that is meant. */
export function nestsTooDeeply(value: unknown, levels = DEEPEST): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => nestsTooDeeply(member, levels - 1));
}
