import { PEOPLE } from "../../wire/brevet-api/admin/people.ts";
import { SESSIONS } from "../../wire/brevet-api/admin/sessions.ts";
import { API_FLAGS, defineApiCommand, minute } from "../admin/api-command.ts";
import { placeOf } from "../admin/session-rows.ts";

export const command = defineApiCommand({
  path: "admin people show",
  positionals: [{ name: "PERSON", doc: "their e-mail address or id", required: true }],
  flags: API_FLAGS,
  examples: [{ line: "brevet admin people show bob@example.com", does: "Bob" }],
  async perform({ words }, call) {
    const segments = { person: words["PERSON"] ?? "" };
    const [{ value: person }, { value: sessions }] = [
      await call(PEOPLE.show, { segments }),
      await call(SESSIONS.list, { segments }),
    ];
    const rows = [
      ["e-mail", person.email],
      ["name", person.name],
      ["id", person.id],
      ["state", person.active ? "active" : "deactivated"],
      ["groups", person.groups.join(", ") || "none"],
      ["keys", String(person.keys)],
      ["since", `${minute(person.madeAt)} UTC`],
      ["signed in", [...new Set(sessions.items.map(placeOf))].join("; ") || "nowhere"],
    ].map(([name = "", text = ""]) => [{ text: name, tone: "dim" as const }, { text }]);
    return { value: { ...person, sessions: sessions.items }, shown: { header: ["person", ""], rows } };
  },
});
