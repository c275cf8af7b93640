/**
 * The profile that a chain of `source_profile` ends at; where the chain leads back into itself, the first that it meets again.
 *
 * @param sourceOf the `source_profile` of a profile; its own name and undefined end the chain.
 */
export function endOfChain(name: string, sourceOf: (name: string) => string | undefined): string {
  const met = new Set<string>();
  let end = name;
  for (let next = sourceOf(end); next !== undefined && next !== end && !met.has(end); next = sourceOf(end)) {
    met.add(end);
    end = next;
  }
  return end;
}
