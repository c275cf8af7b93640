import { PEOPLE } from "../../wire/brevet-api/admin/people.ts";
import { API_FLAGS, defineApiCommand, minute } from "../admin/api-command.ts";

export const command = defineApiCommand({
  path: "admin people recover",
  description:
    "The first administrator asks, and another one agrees within a day by the same command, which prints a link. One alone could take " +
    "over anybody. Nothing is asked: that the other one agrees is the check.",
  positionals: [{ name: "PERSON", doc: "their e-mail address or id", required: true }],
  flags: API_FLAGS,
  examples: [{ line: "brevet admin people recover bob@example.com", does: "ask, or agree and print the link" }],
  async perform({ flags, words }, call, { terminal }) {
    const { value } = await call(PEOPLE.recover, { segments: { person: words["PERSON"] ?? "" } });
    const { link, expiresAt } = value;
    if (link === null) {
      const said = "you have asked; another administrator has to agree within a day, by the same command";
      return { value, shown: { said } };
    }
    if (!flags.json) terminal.say(`for ${words["PERSON"]}, once, until ${minute(expiresAt ?? "")} UTC; it is shown only now:`);
    return { value, shown: { printed: `${link}\n` } };
  },
});
