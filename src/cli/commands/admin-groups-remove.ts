import { GROUPS } from "../../wire/brevet-api/admin/groups.ts";
import { ADMIN_FLAGS, defineAdminCommand, MYSELF_FLAG, myselfOf } from "../admin/admin-command.ts";

export const command = defineAdminCommand({
  path: "admin groups remove",
  summary: "take a person out of a group",
  positionals: [
    { name: "GROUP", doc: "its name", required: true },
    { name: "PERSON", doc: "their e-mail address or id", required: true },
  ],
  flags: { ...ADMIN_FLAGS, ...MYSELF_FLAG },
  examples: [{ line: "brevet admin groups remove dev bob@example.com", does: "tokens name it no more" }],
  async administer({ flags, words }, call) {
    const segments = { group: words["GROUP"] ?? "", person: words["PERSON"] ?? "" };
    const { value } = await call(GROUPS.remove, { segments, query: myselfOf(flags) });
    return { value, shown: { said: `${words["PERSON"]} is not in ${words["GROUP"]}` } };
  },
});
