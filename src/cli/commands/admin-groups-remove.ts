import { GROUPS } from "../../wire/brevet-api/admin/groups.ts";
import { ADMIN_FLAGS, defineAdminCommand } from "../admin/admin-command.ts";

export const command = defineAdminCommand({
  path: "admin groups remove",
  summary: "take a person out of a group",
  positionals: [
    { name: "GROUP", doc: "its name", required: true },
    { name: "PERSON", doc: "their e-mail address or id", required: true },
  ],
  flags: ADMIN_FLAGS,
  examples: [{ line: "brevet admin groups remove dev bob@example.com", does: "tokens name it no more" }],
  async administer({ words }, call) {
    const { value } = await call(GROUPS.remove, { segments: { group: words["GROUP"] ?? "", person: words["PERSON"] ?? "" } });
    return { value, shown: { said: `${words["PERSON"]} is not in ${words["GROUP"]}` } };
  },
});
