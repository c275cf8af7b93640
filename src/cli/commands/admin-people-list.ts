import { PEOPLE } from "../../wire/brevet-api/admin/people.ts";
import { defineApiCommand, LIST_FLAGS, pagingOf } from "../admin/api-command.ts";

export const command = defineApiCommand({
  path: "admin people list",
  flags: {
    ...LIST_FLAGS,
    email: { kind: "text", value: "ADDRESS", doc: "only the person with that address" },
    group: { kind: "text", value: "GROUP", doc: "only people in that group" },
  },
  examples: [
    { line: "brevet admin people list", does: "everybody, by e-mail address" },
    { line: "brevet admin people list --group administrators", does: "who may do this" },
  ],
  async perform({ flags }, call) {
    const { email, group } = flags;
    const query = { ...pagingOf(flags), ...(email === undefined ? {} : { email }), ...(group === undefined ? {} : { group }) };
    const { value } = await call(PEOPLE.list, { query });
    const rows = value.items.map((person) => [
      { text: person.email, tone: "strong" as const },
      { text: person.name },
      { text: person.groups.join(", ") },
      { text: String(person.keys), ...(person.keys === 0 ? { tone: "warn" as const } : {}) },
      person.active ? { text: "active", tone: "good" as const } : { text: "deactivated", tone: "bad" as const },
      { at: person.madeAt, tone: "dim" as const },
    ]);
    return {
      value,
      shown: {
        header: ["e-mail", "name", "groups", "keys", "state", "since"],
        rows,
        next: value.next,
        none: "there is no such person",
      },
    };
  },
});
