import { CLIENTS } from "../../wire/brevet-api/admin/clients.ts";
import { API_FLAGS, defineApiCommand } from "../admin/api-command.ts";
import { confirmed, YES_FLAG } from "../flags/confirmed.ts";

export const command = defineApiCommand({
  path: "admin clients remove",
  positionals: [{ name: "CLIENT", doc: "its id or the beginning of it, from the list", required: true }],
  flags: { ...API_FLAGS, ...YES_FLAG },
  examples: [{ line: "brevet admin clients remove 7aQ0pXkWq3mVnJt2sYcRbA --yes", does: "an application that is no more" }],
  async perform({ flags, words }, call, context) {
    let segments = { client: words["CLIENT"] ?? "" };
    await confirmed(flags.yes, context, async () => {
      const { value: client } = await call(CLIENTS.show, { segments });
      segments = { client: client.client_id };
      return `remove the client ${client.client_name ?? client.client_id}, and end all that it was given?`;
    });
    const { value } = await call(CLIENTS.remove, { segments });
    return { value, shown: { said: "the client is gone, and its tokens are worth nothing" } };
  },
});
