import { CLIENTS } from "../../wire/brevet-api/admin/clients.ts";
import { memberInWords } from "../../wire/brevet-api/admin/in-words.ts";
import { API_FLAGS, defineApiCommand } from "../admin/api-command.ts";

export const command = defineApiCommand({
  path: "admin clients show",
  positionals: [{ name: "CLIENT", doc: "its id or the beginning of it, from the list", required: true }],
  flags: API_FLAGS,
  examples: [{ line: "brevet admin clients show 7aQ0pXkWq3mVnJt2sYcRbA", does: "its registration, without its secret" }],
  async perform({ words }, call) {
    const { value } = await call(CLIENTS.show, { segments: { client: words["CLIENT"] ?? "" } });
    const rows = Object.entries(value).map(([name, member]) => [
      { text: name, tone: "dim" as const },
      { text: memberInWords(name, member) },
    ]);
    return { value, shown: { header: ["client", ""], rows } };
  },
});
