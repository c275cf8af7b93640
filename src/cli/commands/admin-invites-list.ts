import { INVITE_PURPOSES, INVITES } from "../../wire/brevet-api/admin/invites.ts";
import { defineApiCommand, LIST_FLAGS, pagingOf } from "../admin/api-command.ts";

export const command = defineApiCommand({
  path: "admin invites list",
  flags: LIST_FLAGS,
  examples: [{ line: "brevet admin invites list", does: "newest first" }],
  async perform({ flags }, call) {
    const { value } = await call(INVITES.list, { query: pagingOf(flags) });
    const rows = value.items.map((invite) => [
      { text: invite.id },
      { text: invite.email ?? "", tone: "strong" as const },
      { text: invite.name ?? "" },
      { text: invite.groups.join(", ") },
      { text: INVITE_PURPOSES[invite.kind] },
      { at: invite.expiresAt },
    ]);
    return {
      value,
      shown: {
        header: ["invite", "e-mail", "name", "groups", "for", "until"],
        rows,
        next: value.next,
        none: "there is no open link",
      },
    };
  },
});
