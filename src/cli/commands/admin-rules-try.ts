import { EXIT } from "../../core/exit.ts";
import { parseDuration } from "../../core/time.ts";
import { RULES } from "../../wire/brevet-api/admin/rules.ts";
import { LACKING, type Lacking } from "../../wire/brevet-api/lacking.ts";
import { LEVELS, type Level } from "../../wire/brevet-api/levels.ts";
import { API_FLAGS, defineApiCommand } from "../admin/api-command.ts";
import { readRulesFile } from "../admin/rules-file.ts";
import { warnOfEmptyGroups } from "../admin/warn-of-empty-groups.ts";

const LONGEST_SECONDS = 1_000_000;

export const command = defineApiCommand({
  path: "admin rules try",
  description:
    "By the rules that stand, or with --rules by others before they do. Nothing is changed and nothing handed out. The exit status is 5 when it is denied.",
  positionals: [
    { name: "PERSON", doc: "their e-mail address or id", required: true },
    { name: "AUDIENCE", doc: "who would verify the token; default: the server's own URL, as for AWS", required: false },
  ],
  flags: {
    ...API_FLAGS,
    role: { kind: "text", value: "ARN", doc: "the role that it would be redeemed for" },
    level: { kind: "text", value: "LEVEL", choices: LEVELS, doc: "how they signed in; default passkey" },
    age: { kind: "text", value: "TIME", doc: "how long ago they used their key; default 0" },
    address: { kind: "text", value: "ADDRESS", doc: "where they ask from; default: this machine, as the server sees it" },
    rules: { kind: "text", value: "FILE", doc: "rules to try instead of those that stand" },
  },
  examples: [
    { line: "brevet admin rules try bob@example.com --role arn:aws:iam::111122223333:role/dev", does: "as he would be answered" },
    {
      line: "brevet admin rules try bob@example.com --rules rules.json --level attested",
      does: "by rules that do not stand yet",
    },
  ],
  async perform({ flags, words }, call, { compose, terminal }) {
    const { role, level, age, address, rules } = flags;
    const audience = words["AUDIENCE"] ?? (await compose.serverApi(flags.identity)).url;
    const body = {
      person: words["PERSON"] ?? "",
      audience,
      ...(role === undefined ? {} : { role }),
      ...(level === undefined ? {} : { level: level as Level }),
      ...(age === undefined ? {} : { secondsSinceSignIn: parseDuration(age, { min: 0, max: LONGEST_SECONDS, where: "--age" }) }),
      ...(address === undefined ? {} : { address }),
      ...(rules === undefined ? {} : { rules: readRulesFile(rules) }),
    };
    const { value } = await call(RULES.decide, { body });
    if (!value.allowed) await warnOfEmptyGroups(body.rules ?? (await call(RULES.show)).value.rules, call, terminal);
    return { value, shown: { printed: `${inWords(value)}\n` }, status: value.allowed ? EXIT.done : EXIT.refused };
  },
});

function inWords({ allowed, rule, needs }: { allowed: boolean; rule: string | null; needs: Lacking | null }): string {
  if (allowed) return rule === null ? "allowed: there is no rule" : `allowed by the rule ${rule}`;
  if (rule === null) return "denied: no rule is about it, and what no rule allows is denied";
  return needs === null ? `denied by the rule ${rule}` : `denied: the rule ${rule} wants ${LACKING[needs]}`;
}
