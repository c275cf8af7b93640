import { GROUPS } from "../../wire/brevet-api/admin/groups.ts";
import { PEOPLE } from "../../wire/brevet-api/admin/people.ts";
import { API_FLAGS, defineApiCommand } from "../admin/api-command.ts";
import { membershipOf, membershipWords } from "../admin/membership-words.ts";

export const command = defineApiCommand({
  path: "admin groups add",
  positionals: membershipWords("its name; a new one is made by this"),
  flags: API_FLAGS,
  examples: [
    { line: "brevet admin groups add dev bob@example.com", does: "tokens name it from the next one on" },
    { line: "brevet admin groups add administrators eve@example.com", does: "another administrator" },
  ],
  async perform({ words }, call) {
    const { group, person } = membershipOf(words, "brevet admin groups add");
    const { value: before } = await call(PEOPLE.list, { query: { group, limit: "1" } });
    const { value } = await call(GROUPS.add, { segments: { group, person } });
    const made = before.items.length === 0 ? `made the group ${group}: ` : "";
    return { value, shown: { said: `${made}${person} is in ${group}` } };
  },
});
