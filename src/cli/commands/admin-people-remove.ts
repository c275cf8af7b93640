import { PEOPLE } from "../../wire/brevet-api/admin/people.ts";
import { API_FLAGS, defineApiCommand, MYSELF_FLAG, myselfOf } from "../admin/api-command.ts";
import { confirmed, YES_FLAG } from "../flags/confirmed.ts";

export const command = defineApiCommand({
  path: "admin people remove",
  description:
    "To shut out a person who may come back, deactivate them. The last administrator stays; `--myself` says that you mean yourself.",
  positionals: [{ name: "PERSON", doc: "their e-mail address or id", required: true }],
  flags: { ...API_FLAGS, ...MYSELF_FLAG, ...YES_FLAG },
  examples: [{ line: "brevet admin people remove bob@example.com --yes", does: "the audit log keeps what he did" }],
  async perform({ flags, words }, call, context) {
    const segments = { person: words["PERSON"] ?? "" };
    await confirmed(flags.yes, context, async () => {
      const { value: person } = await call(PEOPLE.show, { segments });
      return `remove ${person.name} (${person.email}), with all keys, groups and sessions?`;
    });
    const { value } = await call(PEOPLE.remove, { segments, query: myselfOf(flags) });
    return { value, shown: { said: `${words["PERSON"]} is gone` } };
  },
});
