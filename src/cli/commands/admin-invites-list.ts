import { INVITES } from "../../wire/brevet-api/admin/invites.ts";
import { defineAdminCommand, LIST_FLAGS, pagingOf } from "../admin/admin-command.ts";

export const command = defineAdminCommand({
  path: "admin invites list",
  summary: "the links that nobody has used yet",
  flags: LIST_FLAGS,
  examples: [{ line: "brevet admin invites list", does: "newest first" }],
  async administer({ flags }, call) {
    const { value } = await call(INVITES.list, { query: pagingOf(flags) });
    const rows = value.items.map((invite) => [
      { text: invite.id },
      { text: invite.email ?? "", tone: "strong" as const },
      { text: invite.name ?? "" },
      { text: invite.groups.join(", ") },
      { text: invite.kind === "recover" ? "recovery" : "new" },
      { at: invite.expiresAt },
    ]);
    return { value, shown: { header: ["invite", "e-mail", "name", "groups", "for", "until"], rows, next: value.next } };
  },
});
