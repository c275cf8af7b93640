import { ME } from "../../wire/brevet-api/admin/operation.ts";
import { SESSIONS } from "../../wire/brevet-api/admin/sessions.ts";
import { defineApiCommand, LIST_FLAGS, pagingOf } from "../admin/api-command.ts";
import { SESSIONS_SHOWN, sessionRows } from "../admin/session-rows.ts";

export const command = defineApiCommand({
  path: "sessions list",
  description: SESSIONS_SHOWN,
  flags: LIST_FLAGS,
  examples: [{ line: "brevet sessions list", does: "your browsers, machines and applications" }],
  async perform({ flags }, call) {
    const { value } = await call(SESSIONS.list, { segments: { person: ME }, query: pagingOf(flags) });
    return { value, shown: sessionRows(value) };
  },
});
