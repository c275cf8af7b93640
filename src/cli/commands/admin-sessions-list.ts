import { SESSIONS } from "../../wire/brevet-api/admin/sessions.ts";
import { defineAdminCommand, LIST_FLAGS, pagingOf } from "../admin/admin-command.ts";

export const command = defineAdminCommand({
  path: "admin sessions list",
  summary: "where a person is signed in",
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
      { at: session.expiresAt },
    ]);
    return { value, shown: { header: ["session", "kind", "client", "signed in", "until"], rows, next: value.next } };
  },
});
