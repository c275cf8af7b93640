import { KEYS } from "../../wire/brevet-api/admin/keys.ts";
import { defineApiCommand, LIST_FLAGS, pagingOf } from "../admin/api-command.ts";

export const command = defineApiCommand({
  path: "admin keys list",
  flags: { ...LIST_FLAGS, person: { kind: "text", value: "PERSON", doc: "only theirs: an e-mail address or id" } },
  examples: [
    { line: "brevet admin keys list", does: "everybody's, oldest first" },
    { line: "brevet admin keys list --person bob@example.com", does: "Bob's" },
  ],
  async perform({ flags }, call) {
    const { person } = flags;
    const { value } = await call(KEYS.list, { query: { ...pagingOf(flags), ...(person === undefined ? {} : { person }) } });
    const rows = value.items.map((key) => [
      { text: key.id },
      { text: key.person.email, tone: "strong" as const },
      { text: key.name },
      { text: key.level },
      { at: key.madeAt },
      { at: key.usedAt, none: "never" },
    ]);
    return {
      value,
      shown: {
        header: ["key", "person", "name", "level", "added", "last used"],
        rows,
        next: value.next,
        none: "there is no key",
      },
    };
  },
});
