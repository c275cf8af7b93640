import { CLIENTS } from "../../wire/brevet-api/admin/clients.ts";
import { API_FLAGS, defineApiCommand } from "../admin/api-command.ts";
import { confirmedId, YES_FLAG } from "../flags/confirmed.ts";

export const command = defineApiCommand({
  path: "admin clients remove",
  positionals: [{ name: "CLIENT", doc: "its id or the beginning of it, from the list", required: true }],
  flags: { ...API_FLAGS, ...YES_FLAG },
  examples: [{ line: "brevet admin clients remove 7aQ0pXkWq3mVnJt2sYcRbA --yes", does: "an application that is no more" }],
  async perform({ flags, words }, call, context) {
    const client = await confirmedId(flags.yes, words["CLIENT"] ?? "", context, async (typed) => {
      const { client_id: id, client_name: name } = (await call(CLIENTS.show, { segments: { client: typed } })).value;
      return { id, question: `remove the client ${name ?? id}, and end all that it was given?` };
    });
    const { value } = await call(CLIENTS.remove, { segments: { client } });
    return { value, shown: { said: "the client is gone, and its tokens are worth nothing" } };
  },
});
