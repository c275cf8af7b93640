import * as v from "valibot";
import { LEVELS } from "../levels.ts";
import { ruleSchema } from "../rule.ts";
import { operation } from "./operation.ts";
import { NOTHING } from "./values.ts";

const rules = v.pipe(v.array(ruleSchema), v.maxLength(500));
const rulesSchema = v.object({ rules });

const about = { tag: "rules", query: NOTHING, body: null } as const;

/** What the API does with the rules for tokens. They do not bind the API itself: nobody can lock themselves out by a rule. */
export const RULES = {
  show: operation({
    ...about,
    name: "showRules",
    method: "GET",
    path: "/rules",
    summary: "The rules, in their order",
    description: "With no rule, everybody may have every token. With one, what no rule allows is denied.",
    answer: rulesSchema,
    fresh: false,
    faults: [],
  }),
  replace: operation({
    ...about,
    name: "replaceRules",
    method: "PUT",
    path: "/rules",
    summary: "Put another list in the place of the rules",
    description: "The header If-Match has the `etag` of the list that it was made from.",
    body: v.strictObject({ rules }),
    answer: rulesSchema,
    fresh: true,
    version: "needed",
    faults: ["NAME_INVALID", "URL_INVALID", "VERSION_STALE"],
  }),
  decide: operation({
    ...about,
    name: "decide",
    method: "POST",
    path: "/rules/decision",
    summary: "Would this person be given this token, and by which rule",
    description:
      "By the rules that stand, or by others that are tried before they do. Nothing is changed and nothing handed out.",
    body: v.strictObject({
      person: v.pipe(v.string(), v.minLength(1), v.maxLength(254), v.description("An id or an e-mail address.")),
      audience: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
      role: v.optional(v.pipe(v.string(), v.maxLength(2048), v.description("The ARN of a role. Default: none."))),
      level: v.optional(v.pipe(v.picklist(LEVELS), v.description("How they signed in. Default: `passkey`."))),
      secondsSinceSignIn: v.optional(
        v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000), v.description("Default: 0.")),
      ),
      address: v.optional(v.pipe(v.string(), v.maxLength(64), v.description("Where they ask from. Default: where you do."))),
      rules: v.optional(rules),
    }),
    answer: v.object({
      allowed: v.boolean(),
      rule: v.nullable(v.pipe(v.string(), v.description("Which rule decided; null: none is about it."))),
      needs: v.nullable(
        v.pipe(v.picklist(["level", "fresh", "network"]), v.description("What the rule wants that the sign-in lacks.")),
      ),
    }),
    fresh: false,
    faults: ["RECORD_ABSENT", "NAME_INVALID", "URL_INVALID"],
  }),
};
