import { counted } from "../../core/counted.ts";
import { SESSIONS } from "../../wire/brevet-api/admin/sessions.ts";
import { API_FLAGS, defineApiCommand } from "../admin/api-command.ts";

export const command = defineApiCommand({
  path: "admin sessions end",
  description: "It does not ask: a person who is signed out can sign in again.",
  positionals: [
    { name: "PERSON", doc: "their e-mail address or id", required: true },
    { name: "SESSION", doc: "its id or the beginning of it, from the list; default: all of them", required: false },
  ],
  flags: API_FLAGS,
  examples: [{ line: "brevet admin sessions end bob@example.com", does: "everywhere, at once" }],
  async perform({ words }, call) {
    const { PERSON: person = "", SESSION: session } = words;
    if (session !== undefined) {
      await call(SESSIONS.end, { segments: { person, session } });
      return { value: null, shown: { said: `that session of ${person} has ended` } };
    }
    const { value } = await call(SESSIONS.endAll, { segments: { person } });
    const said =
      value.ended === 0
        ? `${person} was signed in nowhere`
        : `${person} is signed out everywhere: ${counted(value.ended, "session")}`;
    return { value, shown: { said } };
  },
});
