import { PEOPLE } from "../../wire/brevet-api/admin/people.ts";
import { API_FLAGS, defineApiCommand } from "../admin/api-command.ts";

export const command = defineApiCommand({
  path: "admin people rename",
  positionals: [
    { name: "PERSON", doc: "their e-mail address or id", required: true },
    { name: "NAME", doc: "what they are called", required: true },
  ],
  flags: API_FLAGS,
  examples: [{ line: "brevet admin people rename bob@example.com Robert", does: "as tokens will name him from now on" }],
  async perform({ words }, call) {
    const { value } = await call(PEOPLE.change, {
      segments: { person: words["PERSON"] ?? "" },
      body: { name: words["NAME"] ?? "" },
    });
    return { value, shown: { said: `${value.email} is called ${value.name} now` } };
  },
});
