import { RULES } from "../../wire/brevet-api/admin/rules.ts";
import { ADMIN_FLAGS, defineAdminCommand } from "../admin/admin-command.ts";

export const command = defineAdminCommand({
  path: "admin rules show",
  summary: "the rules that say who may have which token, in their order",
  description: "As JSON, which `brevet admin rules replace` takes. With no rule, everybody may have every token.",
  flags: ADMIN_FLAGS,
  examples: [{ line: "brevet admin rules show > rules.json", does: "edit it, then replace them" }],
  async administer(_given, call) {
    const { value } = await call(RULES.show);
    return { value, shown: { printed: `${JSON.stringify(value.rules, null, 2)}\n` } };
  },
});
