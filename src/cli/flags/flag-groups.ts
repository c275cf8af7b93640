import type { Flag, FlagTable } from "../command.ts";

/** These flags under a heading of their own in the help. One that begins with `with --project` says what they need. */
export function inGroup<const Flags extends FlagTable>(group: string, flags: Flags): Flags {
  const [, needs] = /^with --([\w-]+)/.exec(group) ?? [];
  const grouped = needs === undefined ? { group } : { group, needs };
  // `fromEntries` forgets the names of the members, which are the same.
  return Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, { ...grouped, ...flag }])) as unknown as Flags;
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
