import { PEOPLE } from "../../wire/brevet-api/admin/people.ts";
import { ADMIN_FLAGS, defineAdminCommand } from "../admin/admin-command.ts";

export const command = defineAdminCommand({
  path: "admin people deactivate",
  summary: "let a person do nothing from now on",
  description:
    "Every session of theirs ends; tokens that clouds were given live their last five minutes. The last administrator stays.",
  positionals: [{ name: "PERSON", doc: "their e-mail address or id", required: true }],
  flags: ADMIN_FLAGS,
  examples: [{ line: "brevet admin people deactivate bob@example.com", does: "at once, on every instance" }],
  async administer({ words }, call) {
    const { value } = await call(PEOPLE.change, { segments: { person: words["PERSON"] ?? "" }, body: { active: false } });
    return { value, shown: { said: `${value.email} may do nothing any more, and was signed out everywhere` } };
  },
});
