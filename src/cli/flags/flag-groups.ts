import type { Flag, FlagTable } from "../command.ts";

/** These flags under a heading of their own in the help. */
export function inGroup<const Flags extends FlagTable>(group: string, flags: Flags): Flags {
  return each(flags, { group });
}

/** These flags under `with --project` and the rest of the heading: without that flag they have no effect. */
export function withFlag<const Flags extends FlagTable>(needs: string, flags: Flags, rest = ""): Flags {
  return each(flags, { group: `with --${needs}${rest}`, needs });
}

function each<Flags extends FlagTable>(flags: Flags, facts: Pick<Flag, "group" | "needs">): Flags {
  // `fromEntries` forgets the names of the members, which are the same.
  return Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, { ...facts, ...flag }])) as unknown as Flags;
}

/** The flags by their headings, those without one first. */
export function groupsOf(flags: FlagTable): ReadonlyMap<string | null, readonly (readonly [string, Flag])[]> {
  const groups = new Map<string | null, (readonly [string, Flag])[]>([[null, []]]);
  for (const entry of Object.entries(flags)) {
    const group = entry[1].group ?? null;
    groups.set(group, [...(groups.get(group) ?? []), entry]);
  }
  return groups;
}
