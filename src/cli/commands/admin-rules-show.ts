import { jsonPage } from "../../platform/terminal/json-page.ts";
import { RULES } from "../../wire/brevet-api/admin/rules.ts";
import { EXAMPLE_RULES, exampleRulesText, ruleKeys } from "../../wire/brevet-api/rule-form.ts";
import { API_FLAGS, defineApiCommand } from "../admin/api-command.ts";

export const command = defineApiCommand({
  path: "admin rules show",
  description:
    "As JSON, which `brevet admin rules replace` takes. With no rule, everybody may have every token. With --example it prints " +
    "rules to begin with instead and, on stderr, every key that a rule may have.",
  flags: {
    ...API_FLAGS,
    example: { kind: "switch", doc: "print rules to begin with, and what every key says" },
  },
  examples: [
    { line: "brevet admin rules show > rules.json", does: "edit it, then replace them" },
    { line: "brevet admin rules show --example > rules.json", does: "begin, where there is none" },
  ],
  async perform({ flags }, call, { terminal }) {
    if (flags.example) {
      for (const { key, value, doc } of ruleKeys()) terminal.say(`${key}: ${doc} (${value})`);
      return { value: { rules: EXAMPLE_RULES }, shown: { printed: `${exampleRulesText()}\n` } };
    }
    const { value } = await call(RULES.show);
    if (value.rules.length === 0)
      terminal.say("there is no rule: everybody may have every token (`--example` shows how one is written)");
    return { value, shown: { printed: jsonPage(value.rules) } };
  },
});
