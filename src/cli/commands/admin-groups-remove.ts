import { GROUPS } from "../../wire/brevet-api/admin/groups.ts";
import { API_FLAGS, defineApiCommand, MYSELF_FLAG, myselfOf } from "../admin/api-command.ts";

export const command = defineApiCommand({
  path: "admin groups remove",
  positionals: [
    { name: "GROUP", doc: "its name", required: true },
    { name: "PERSON", doc: "their e-mail address or id", required: true },
  ],
  flags: { ...API_FLAGS, ...MYSELF_FLAG },
  examples: [{ line: "brevet admin groups remove dev bob@example.com", does: "tokens name it no more" }],
  async perform({ flags, words }, call) {
    const segments = { group: words["GROUP"] ?? "", person: words["PERSON"] ?? "" };
    const { value } = await call(GROUPS.remove, { segments, query: myselfOf(flags) });
    return { value, shown: { said: `${words["PERSON"]} is not in ${words["GROUP"]}` } };
  },
});
