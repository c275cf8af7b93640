import { CLIENTS } from "../../wire/brevet-api/admin/clients.ts";
import { defineApiCommand, LIST_FLAGS, pagingOf } from "../admin/api-command.ts";

export const command = defineApiCommand({
  path: "admin clients list",
  flags: LIST_FLAGS,
  examples: [{ line: "brevet admin clients list", does: "applications that people sign in to by this server" }],
  async perform({ flags }, call) {
    const { value } = await call(CLIENTS.list, { query: pagingOf(flags) });
    const rows = value.items.map((client) => [
      { text: client.client_id },
      { text: client.client_name ?? "", tone: "strong" as const },
      { text: (client.redirect_uris ?? []).join(" ") },
      { text: client.token_endpoint_auth_method ?? "" },
      { at: client.registered },
    ]);
    return {
      value,
      shown: {
        header: ["client", "name", "redirect URLs", "authentication", "registered"],
        rows,
        next: value.next,
        none: "no application is registered",
      },
    };
  },
});
