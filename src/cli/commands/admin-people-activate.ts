import { PEOPLE } from "../../wire/brevet-api/admin/people.ts";
import { ADMIN_FLAGS, defineAdminCommand } from "../admin/admin-command.ts";

export const command = defineAdminCommand({
  path: "admin people activate",
  summary: "let a person in again who was deactivated",
  positionals: [{ name: "PERSON", doc: "their e-mail address or id", required: true }],
  flags: ADMIN_FLAGS,
  examples: [{ line: "brevet admin people activate bob@example.com", does: "with the keys that he had" }],
  async administer({ words }, call) {
    const { value } = await call(PEOPLE.change, { segments: { person: words["PERSON"] ?? "" }, body: { active: true } });
    return { value, shown: { said: `${value.email} may sign in again` } };
  },
});
