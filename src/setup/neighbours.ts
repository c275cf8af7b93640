/** One or more things of the same place. */
export type Group<T> = readonly [T, ...T[]];

/** The things in their order; neighbours with the same place form a group. @param placeOf null: the thing is a group by itself. */
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
