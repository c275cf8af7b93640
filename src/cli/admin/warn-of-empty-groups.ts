import type { Terminal } from "../../core/terminal.ts";
import { GROUPS } from "../../wire/brevet-api/admin/groups.ts";
import type { Rule } from "../../wire/brevet-api/rule.ts";
import type { CallOperation } from "./call-operation.ts";

/** Warns of each group that a rule names and nobody is in. @param rules that the server has read. @throws {Fault} of the calls. */
export async function warnOfEmptyGroups(rules: readonly Rule[], call: CallOperation, terminal: Terminal): Promise<void> {
  if (!rules.some(({ groups }) => groups !== undefined)) return;
  const there = new Set<string>();
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const { value } = await call(GROUPS.list, { query: { limit: "200", ...(cursor === undefined ? {} : { cursor }) } });
    for (const { name } of value.items) there.add(name);
    cursor = value.next;
  }
  for (const { name, groups = [] } of rules) {
    for (const group of groups.filter((each) => !there.has(each)))
      terminal.warn(`nobody is in the group ${group}, which the rule ${name} names`);
  }
}
