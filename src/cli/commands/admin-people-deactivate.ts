import { PEOPLE } from "../../wire/brevet-api/admin/people.ts";
import { API_FLAGS, defineApiCommand, MYSELF_FLAG } from "../admin/api-command.ts";

export const command = defineApiCommand({
  path: "admin people deactivate",
  description:
    "Every session of theirs ends; tokens that clouds were given live their last five minutes. Nothing is asked: `brevet admin people activate` undoes it. The last administrator stays, and who means themselves has to say so.",
  positionals: [{ name: "PERSON", doc: "their e-mail address or id", required: true }],
  flags: { ...API_FLAGS, ...MYSELF_FLAG },
  examples: [{ line: "brevet admin people deactivate bob@example.com", does: "at once, on every instance" }],
  async perform({ flags, words }, call) {
    const segments = { person: words["PERSON"] ?? "" };
    const { value } = await call(PEOPLE.change, { segments, body: { active: false, myself: flags.myself } });
    return {
      value,
      shown: {
        said: `${value.email} may do nothing any more, and was signed out everywhere; their AWS credentials work until they expire, unless the roles deny their \`aws:SourceIdentity\``,
      },
    };
  },
});
