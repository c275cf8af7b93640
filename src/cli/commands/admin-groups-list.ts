import { GROUPS } from "../../wire/brevet-api/admin/groups.ts";
import { defineApiCommand, LIST_FLAGS, pagingOf } from "../admin/api-command.ts";

export const command = defineApiCommand({
  path: "admin groups list",
  flags: LIST_FLAGS,
  examples: [{ line: "brevet admin groups list", does: "then: brevet admin people list --group NAME" }],
  async perform({ flags }, call) {
    const { value } = await call(GROUPS.list, { query: pagingOf(flags) });
    const rows = value.items.map(({ name, people }) => [{ text: name, tone: "strong" as const }, { text: String(people) }]);
    return { value, shown: { header: ["group", "people"], rows, next: value.next, none: "there is no group" } };
  },
});
