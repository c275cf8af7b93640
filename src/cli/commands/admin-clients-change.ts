import { CLIENTS } from "../../wire/brevet-api/admin/clients.ts";
import { API_FLAGS, defineApiCommand } from "../admin/api-command.ts";
import { CLIENT_FLAGS, clientMembers } from "../admin/client-members.ts";

export const command = defineApiCommand({
  path: "admin clients change",
  description: "What is not named stays. A list is replaced as a whole.",
  positionals: [{ name: "CLIENT", doc: "its id, from the list", required: true }],
  flags: { ...API_FLAGS, ...CLIENT_FLAGS },
  examples: [
    {
      line: "brevet admin clients change 7aQ0pXkWq3mVnJt2sYcRbA --redirect https://grafana.example.org/login/generic_oauth",
      does: "it has moved",
    },
  ],
  async perform({ flags, words }, call) {
    const segments = { client: words["CLIENT"] ?? "" };
    const { version } = await call(CLIENTS.show, { segments });
    const { value } = await call(CLIENTS.change, {
      segments,
      body: clientMembers(flags),
      ...(version === null ? {} : { version }),
    });
    return { value, shown: { said: `the client ${value.client_id} is changed` } };
  },
});
