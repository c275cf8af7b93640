import { PEOPLE } from "../../wire/brevet-api/admin/people.ts";
import { API_FLAGS, defineApiCommand } from "../admin/api-command.ts";

export const command = defineApiCommand({
  path: "admin people activate",
  positionals: [{ name: "PERSON", doc: "their e-mail address or id", required: true }],
  flags: API_FLAGS,
  examples: [{ line: "brevet admin people activate bob@example.com", does: "with the keys that he had" }],
  async perform({ words }, call) {
    const { value } = await call(PEOPLE.change, { segments: { person: words["PERSON"] ?? "" }, body: { active: true } });
    return { value, shown: { said: `${value.email} may sign in again` } };
  },
});
