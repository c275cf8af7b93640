import { counted } from "../../core/counted.ts";
import { ME } from "../../wire/brevet-api/admin/operation.ts";
import { SESSIONS } from "../../wire/brevet-api/admin/sessions.ts";
import { API_FLAGS, defineApiCommand } from "../admin/api-command.ts";

export const command = defineApiCommand({
  path: "sessions end",
  description:
    "Your session on this machine goes on, until `brevet logout`. Nothing is asked but your key: where you were signed out you can sign in again.",
  positionals: [
    { name: "SESSION", doc: "its id or the beginning of it, from the list; default: all but this one", required: false },
  ],
  flags: API_FLAGS,
  examples: [
    { line: "brevet sessions end", does: "everywhere but here, when a machine of yours is lost" },
    { line: "brevet sessions end yJJMkVAYQ1", does: "one session, by its id in the list" },
  ],
  async perform({ words }, call) {
    const { SESSION: session } = words;
    if (session !== undefined) {
      await call(SESSIONS.end, { segments: { person: ME, session } });
      return { value: null, shown: { said: "that session of yours has ended" } };
    }
    const { value } = await call(SESSIONS.endAll, { segments: { person: ME }, query: { others: "true" } });
    const said =
      value.ended === 0 ? "you were signed in nowhere else" : `you are signed out elsewhere: ${counted(value.ended, "session")}`;
    return { value, shown: { said } };
  },
});
