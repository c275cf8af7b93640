import { SESSIONS } from "../../wire/brevet-api/admin/sessions.ts";
import { ADMIN_FLAGS, defineAdminCommand } from "../admin/admin-command.ts";

export const command = defineAdminCommand({
  path: "admin sessions end",
  summary: "sign a person out, everywhere or of one session",
  positionals: [
    { name: "PERSON", doc: "their e-mail address or id", required: true },
    { name: "SESSION", doc: "its id, from the list; default: all of them", required: false },
  ],
  flags: ADMIN_FLAGS,
  examples: [{ line: "brevet admin sessions end bob@example.com", does: "everywhere, at once" }],
  async administer({ words }, call) {
    const { PERSON: person = "", SESSION: session } = words;
    if (session === undefined) await call(SESSIONS.endAll, { segments: { person } });
    else await call(SESSIONS.end, { segments: { person, session } });
    const said = session === undefined ? `${person} is signed out everywhere` : `that session of ${person} has ended`;
    return { value: null, shown: { said } };
  },
});
