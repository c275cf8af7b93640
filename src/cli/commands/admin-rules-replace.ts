import { counted } from "../../core/counted.ts";
import { PEOPLE } from "../../wire/brevet-api/admin/people.ts";
import { RULES } from "../../wire/brevet-api/admin/rules.ts";
import type { Rule } from "../../wire/brevet-api/rule.ts";
import { API_FLAGS, defineApiCommand } from "../admin/api-command.ts";
import type { CallOperation } from "../admin/call-operation.ts";
import { readRulesFile } from "../admin/rules-file.ts";
import { warnOfEmptyGroups } from "../admin/warn-of-empty-groups.ts";
import { confirmed, YES_FLAG } from "../flags/confirmed.ts";

export const command = defineApiCommand({
  path: "admin rules replace",
  description:
    "They count from the next token on. Try them before: `brevet admin rules try`. If somebody else changes the rules while this runs, " +
    "nothing is changed. How a rule is written: `brevet admin rules show --example`.",
  positionals: [{ name: "FILE", doc: "a JSON list of rules, or - for stdin", required: true }],
  flags: { ...API_FLAGS, ...YES_FLAG },
  examples: [{ line: "brevet admin rules replace rules.json --yes", does: "all of them, at once" }],
  async perform({ flags, words }, call, context) {
    const rules = readRulesFile(words["FILE"] ?? "");
    const { value: before, version } = await call(RULES.show);
    await requireRules(rules, call);
    await warnOfEmptyGroups(rules, call, context.terminal);
    await confirmed(flags.yes, context, async () => {
      const asked = `put ${counted(rules.length, "rule")} in the place of ${before.rules.length}?`;
      return `${asked} from then on ${rules.length === 0 ? OPEN : CLOSED}`;
    });
    const { value } = await call(RULES.replace, { body: { rules }, ...(version === null ? {} : { version }) });
    const names = value.rules.map(({ name }) => name).join(", ");
    return {
      value,
      shown: { said: names === "" ? `there is no rule: ${OPEN}` : `the rules are ${names}; ${CLOSED}` },
    };
  },
});

const OPEN = "everybody may have every token";
const CLOSED = "what no rule allows is denied";

/** Lets the server check the rules before the person is asked: trying them on somebody changes nothing. */
async function requireRules(rules: Rule[], call: CallOperation): Promise<void> {
  const { value } = await call(PEOPLE.list, { query: { limit: "1" } });
  const [person] = value.items;
  if (person !== undefined) await call(RULES.decide, { body: { person: person.id, audience: "https://example.com", rules } });
}
