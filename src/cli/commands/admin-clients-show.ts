import { CLIENTS } from "../../wire/brevet-api/admin/clients.ts";
import { ADMIN_FLAGS, defineAdminCommand } from "../admin/admin-command.ts";

export const command = defineAdminCommand({
  path: "admin clients show",
  summary: "all that an OpenID client has said of itself",
  positionals: [{ name: "CLIENT", doc: "its id, from the list", required: true }],
  flags: ADMIN_FLAGS,
  examples: [{ line: "brevet admin clients show 7aQ0pXkWq3mVnJt2sYcRbA", does: "its registration, without its secret" }],
  async administer({ words }, call) {
    const { value } = await call(CLIENTS.show, { segments: { client: words["CLIENT"] ?? "" } });
    const text = (member: unknown): string =>
      Array.isArray(member) && member.every((item) => typeof item === "string")
        ? member.join(" ")
        : typeof member === "string"
          ? member
          : JSON.stringify(member);
    const rows = Object.entries(value).map(([name, member]) => [{ text: name, tone: "dim" as const }, { text: text(member) }]);
    return { value, shown: { header: ["client", ""], rows } };
  },
});
