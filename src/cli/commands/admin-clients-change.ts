import { CLIENTS } from "../../wire/brevet-api/admin/clients.ts";
import { API_FLAGS, defineApiCommand } from "../admin/api-command.ts";
import { CLIENT_FLAGS, clientMembers } from "../admin/client-members.ts";

export const command = defineApiCommand({
  path: "admin clients change",
  description: "What is not named stays. A list is replaced as a whole.",
  positionals: [{ name: "CLIENT", doc: "its id or the beginning of it, from the list", required: true }],
  flags: { ...API_FLAGS, ...CLIENT_FLAGS },
  examples: [
    {
      line: "brevet admin clients change 7aQ0pXkWq3mVnJt2sYcRbA --redirect https://grafana.example.org/login/generic_oauth",
      does: "it has moved",
    },
  ],
  async perform({ flags, words }, call) {
    const { value: client, version } = await call(CLIENTS.show, { segments: { client: words["CLIENT"] ?? "" } });
    const { value } = await call(CLIENTS.change, {
      segments: { client: client.client_id },
      body: clientMembers(flags),
      ...(version === null ? {} : { version }),
    });
    return { value, shown: { said: `the client ${value.client_id} is changed` } };
  },
});
