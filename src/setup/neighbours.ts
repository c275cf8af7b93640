/** One thing or more. */
export type Group<T> = readonly [T, ...T[]];

/** Things in their order, neighbours of one place as one group. @param placeOf null: that one stands by itself. */
export async function inGroups<T>(
  things: readonly T[],
  placeOf: (thing: T) => Promise<string | null>,
): Promise<readonly Group<T>[]> {
  const groups: { readonly place: string | null; readonly things: [T, ...T[]] }[] = [];
  for (const thing of things) {
    const place = await placeOf(thing);
    const last = groups.at(-1);
    if (place !== null && last?.place === place) last.things.push(thing);
    else groups.push({ place, things: [thing] });
  }
  return groups.map((group) => group.things);
}
