import { SESSIONS } from "../../wire/brevet-api/admin/sessions.ts";
import { defineApiCommand, LIST_FLAGS, pagingOf } from "../admin/api-command.ts";
import { SESSIONS_SHOWN, sessionRows } from "../admin/session-rows.ts";

export const command = defineApiCommand({
  path: "admin sessions list",
  description: SESSIONS_SHOWN,
  positionals: [{ name: "PERSON", doc: "their e-mail address or id", required: true }],
  flags: LIST_FLAGS,
  examples: [{ line: "brevet admin sessions list bob@example.com", does: "Bob's browsers and applications" }],
  async perform({ flags, words }, call) {
    const { value } = await call(SESSIONS.list, { segments: { person: words["PERSON"] ?? "" }, query: pagingOf(flags) });
    return { value, shown: sessionRows(value) };
  },
});
