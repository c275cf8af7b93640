import { KEYS } from "../../wire/brevet-api/admin/keys.ts";
import { API_FLAGS, defineApiCommand } from "../admin/api-command.ts";
import { confirmedId, YES_FLAG } from "../flags/confirmed.ts";

export const command = defineApiCommand({
  path: "admin keys remove",
  description: "It may be the person's last one: then they come in again by a recovery, which two administrators agree to.",
  positionals: [{ name: "KEY", doc: "its id or the beginning of it, from the list", required: true }],
  flags: { ...API_FLAGS, ...YES_FLAG },
  examples: [{ line: "brevet admin keys remove yJJMkVAYQ1eXTH0tJoYfSQ --yes", does: "one that was lost" }],
  async perform({ flags, words }, call, context) {
    const key = await confirmedId(flags.yes, words["KEY"] ?? "", context, async (typed) => {
      const { id, name, person } = (await call(KEYS.show, { segments: { key: typed } })).value;
      return { id, question: `take the key "${name}" from ${person.email}, and sign them out everywhere?` };
    });
    const { value } = await call(KEYS.remove, { segments: { key } });
    return { value, shown: { said: "the key is gone, and its person signed out everywhere" } };
  },
});
