import { SESSIONS } from "../../wire/brevet-api/admin/sessions.ts";
import { defineAdminCommand, LIST_FLAGS, pagingOf } from "../admin/admin-command.ts";

export const command = defineAdminCommand({
  path: "admin sessions list",
  summary: "where a person is signed in",
  description:
    "A client's session is one machine's. While it is used it has a new token at least once an hour: when it last had, and the address that asked, tell " +
    "one machine from another. The server knows no more of it, and asks for no name.",
  positionals: [{ name: "PERSON", doc: "their e-mail address or id", required: true }],
  flags: LIST_FLAGS,
  examples: [{ line: "brevet admin sessions list bob@example.com", does: "Bob's browsers and clients" }],
  async administer({ flags, words }, call) {
    const { value } = await call(SESSIONS.list, { segments: { person: words["PERSON"] ?? "" }, query: pagingOf(flags) });
    const rows = value.items.map((session) => [
      { text: session.id },
      { text: session.kind },
      { text: session.client ?? "" },
      { at: session.signedInAt },
      { at: session.usedAt },
      { text: session.usedFrom ?? "" },
      { at: session.expiresAt },
    ]);
    return {
      value,
      shown: { header: ["session", "kind", "client", "signed in", "last used", "from", "until"], rows, next: value.next },
    };
  },
});
