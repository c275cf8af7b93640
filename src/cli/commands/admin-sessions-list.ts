import { SESSIONS } from "../../wire/brevet-api/admin/sessions.ts";
import { defineAdminCommand, LIST_FLAGS, minute, pagingOf } from "../admin/admin-command.ts";

export const command = defineAdminCommand({
  path: "admin sessions list",
  summary: "where a person is signed in",
  positionals: [{ name: "PERSON", doc: "their e-mail address or id", required: true }],
  flags: LIST_FLAGS,
  examples: [{ line: "brevet admin sessions list bob@example.com", does: "Bob's browsers and clients" }],
  async administer({ flags, words }, call) {
    const { value } = await call(SESSIONS.list, { segments: { person: words["PERSON"] ?? "" }, query: pagingOf(flags) });
    const utc = (at: string | null): string => (at === null ? "" : minute(at));
    const rows = value.items.map((session) => [
      { text: session.id },
      { text: session.kind },
      { text: session.client ?? "" },
      { text: utc(session.signedInAt) },
      { text: utc(session.expiresAt) },
    ]);
    return { value, shown: { header: ["session", "kind", "client", "signed in", "until (UTC)"], rows, next: value.next } };
  },
});
