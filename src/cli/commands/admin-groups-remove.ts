import { GROUPS } from "../../wire/brevet-api/admin/groups.ts";
import { API_FLAGS, defineApiCommand, MYSELF_FLAG, myselfOf } from "../admin/api-command.ts";
import { membershipOf, membershipWords } from "../admin/membership-words.ts";

export const command = defineApiCommand({
  path: "admin groups remove",
  positionals: membershipWords("its name"),
  flags: { ...API_FLAGS, ...MYSELF_FLAG },
  examples: [{ line: "brevet admin groups remove dev bob@example.com", does: "tokens name it no more" }],
  async perform({ flags, words }, call) {
    const segments = { ...membershipOf(words, "brevet admin groups remove") };
    const { value } = await call(GROUPS.remove, { segments, query: myselfOf(flags) });
    return { value, shown: { said: `${segments.person} is not in ${segments.group}` } };
  },
});
