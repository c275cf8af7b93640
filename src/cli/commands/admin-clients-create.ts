import { CLIENTS } from "../../wire/brevet-api/admin/clients.ts";
import { API_FLAGS, defineApiCommand } from "../admin/api-command.ts";
import { CLIENT_FLAGS, clientMembers } from "../admin/client-members.ts";

export const command = defineApiCommand({
  path: "admin clients create",
  description:
    "Prints its id, and its secret where it has one, once. A client without a secret (--method none) proves the code that it redeems by " +
    "PKCE, as every client has to.",
  flags: { ...API_FLAGS, ...CLIENT_FLAGS },
  examples: [
    {
      line: "brevet admin clients create --name Grafana --redirect https://grafana.example.com/login/generic_oauth",
      does: "an application with a secret",
    },
    {
      line: "brevet admin clients create --name Kubectl --redirect http://127.0.0.1/callback --native --method none",
      does: "a program on people's machines",
    },
  ],
  async perform({ flags }, call, { terminal }) {
    const { value } = await call(CLIENTS.register, { body: clientMembers(flags) });
    if (!flags.json && value.client_secret !== undefined) terminal.say("its secret is shown only now");
    const secret = value.client_secret === undefined ? "" : `client_secret=${value.client_secret}\n`;
    return { value, shown: { printed: `client_id=${value.client_id}\n${secret}` } };
  },
});
