import { INVITES } from "../../wire/brevet-api/admin/invites.ts";
import { API_FLAGS, defineApiCommand } from "../admin/api-command.ts";

export const command = defineApiCommand({
  path: "admin invites withdraw",
  positionals: [{ name: "INVITE", doc: "its id or the beginning of it, from the list", required: true }],
  flags: API_FLAGS,
  examples: [
    { line: "brevet admin invites withdraw 5hYQ3sLkDBdnGqVTtQkyGJ-1sUPfDuZqCLWgmqzOZdA", does: "sent to the wrong address" },
  ],
  async perform({ words }, call) {
    const { value } = await call(INVITES.remove, { segments: { invite: words["INVITE"] ?? "" } });
    return { value, shown: { said: "the link counts no more" } };
  },
});
