import { GROUPS } from "../../wire/brevet-api/admin/groups.ts";
import { ADMIN_FLAGS, defineAdminCommand } from "../admin/admin-command.ts";

export const command = defineAdminCommand({
  path: "admin groups add",
  summary: "put a person into a group",
  positionals: [
    { name: "GROUP", doc: "its name; a new one is made by this", required: true },
    { name: "PERSON", doc: "their e-mail address or id", required: true },
  ],
  flags: ADMIN_FLAGS,
  examples: [
    { line: "brevet admin groups add dev bob@example.com", does: "tokens name it from the next one on" },
    { line: "brevet admin groups add administrators eve@example.com", does: "another administrator" },
  ],
  async administer({ words }, call) {
    const { value } = await call(GROUPS.add, { segments: { group: words["GROUP"] ?? "", person: words["PERSON"] ?? "" } });
    return { value, shown: { said: `${words["PERSON"]} is in ${words["GROUP"]}` } };
  },
});
