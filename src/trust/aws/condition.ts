import type { Finding } from "../verdict.ts";
import { agreed, allOf, anyOf, type Certainty, not } from "./certainty.ts";
import { type Comparison, type ComparisonScope, compareValues } from "./compare.ts";
import { factOf } from "./key-facts.ts";
import { nearMiss } from "./near-miss.ts";
import { type OperatorUse, readOperator } from "./operators.ts";
import { PAGES } from "./pages.ts";
import { placeOf, type TrustCondition, type TrustStatement } from "./statement.ts";

/** Whether one part of a statement holds, and how it came to that. */
export interface Judged {
  readonly holds: Certainty;
  readonly finding: Finding;
}

interface Outcome {
  readonly holds: Certainty;
  readonly meaning: string;
  readonly source: string;
}

/**
 * Whether one condition of a statement holds. Several values of the policy are alternatives; a negated operator holds when
 * none of them matches; a key that is not in the request fails a positive operator and satisfies a negated one.
 *
 * @see IAM User Guide, reference_policies_elements_condition_operators, reference_policies_condition-logic-multiple-context-keys-or-values
 */
export function judgeCondition(condition: TrustCondition, statement: TrustStatement, scope: ComparisonScope): Judged {
  const fact = factOf(condition.key, scope.request);
  const { holds, meaning, source } = judge(condition, scope);
  return {
    holds,
    finding: {
      at: `${placeOf(statement)} Condition.${condition.operator}.${condition.key}`,
      wanted: condition.values,
      saw: fact.kind === "present" ? fact.values : null,
      meaning,
      source,
    },
  };
}

function judge(condition: TrustCondition, scope: ComparisonScope): Outcome {
  const { operator: name, key, values } = condition;
  const operator = readOperator(name);
  if (operator === null) return undecided(`the operator ${name} is not known to this version`, PAGES.operators);
  if (values.length === 0) return undecided("the list of values is empty, and AWS does not say what that means", PAGES.condition);
  const fact = factOf(key, scope.request);
  if (fact.kind === "undecided") return undecided(fact.because, fact.source);
  if (operator.family === "null") return judgeNull(condition, fact.kind === "present" ? fact.values : null);
  if (fact.kind === "absent") return judgeAbsent(operator, condition, fact);
  if (operator.set !== "none") return judgeSet(operator, condition, fact.values, scope);
  const each = fact.values.map((saw) => judgeValue(operator, condition, saw, scope));
  const holds = agreed(each.map((outcome) => outcome.holds));
  if (holds === "unknown" && each.every((outcome) => outcome.holds !== "unknown")) {
    return undecided(`${key} has ${fact.values.length} values: AWS asks for ForAnyValue or ForAllValues there`, PAGES.sets);
  }
  return each.find((outcome) => outcome.holds === holds) ?? undecided(`${key} has no value`, PAGES.sets);
}

function undecided(meaning: string, source: string): Outcome {
  return { holds: "unknown", meaning, source };
}

function judgeAbsent(
  operator: OperatorUse,
  { key, operator: name }: TrustCondition,
  fact: { because: string; source: string },
): Outcome {
  const holds = operator.ifExists || operator.set === "all" || (operator.negated && operator.set === "none") ? "yes" : "no";
  const effect = holds === "yes" ? `which satisfies ${name}` : `which ${name} needs`;
  return { holds, meaning: `${key} is not in the request, ${effect}: ${fact.because}`, source: fact.source };
}

function judgeNull({ key, values }: TrustCondition, saw: readonly string[] | null): Outcome {
  const source = `${PAGES.operators}#Conditions_Null`;
  const wanted = values.map((value) => value.toLowerCase());
  if (!wanted.every((value) => value === "true" || value === "false")) {
    return undecided(`Null takes true or false, not ${values.join(", ")}`, source);
  }
  if (saw?.every((value) => value === ""))
    return undecided(`${key} is an empty text, and AWS does not say whether that is null`, source);
  const holds = wanted.includes(saw === null ? "true" : "false") ? "yes" : "no";
  return { holds, meaning: saw === null ? `${key} is not in the request` : `${key} is in the request`, source };
}

// AWS: an empty data set, such as an empty string, satisfies ForAllValues and fails ForAnyValue.
function judgeSet(operator: OperatorUse, condition: TrustCondition, values: readonly string[], scope: ComparisonScope): Outcome {
  const empty = values.every((value) => value === "");
  const each = empty ? [] : values.map((saw) => judgeValue(operator, condition, saw, scope));
  const outcomes = each.map((outcome) => outcome.holds);
  const holds = operator.set === "all" ? allOf(outcomes) : anyOf(outcomes);
  const telling = each.find((outcome) => outcome.holds === holds);
  const quantity = operator.set === "all" ? "every value has to satisfy it" : "one value has to satisfy it";
  const meaning = telling === undefined ? `${condition.key} is empty` : telling.meaning;
  return { holds, meaning: `${meaning} (${quantity})`, source: PAGES.sets };
}

function judgeValue(operator: OperatorUse, condition: TrustCondition, saw: string, scope: ComparisonScope): Outcome {
  const compared = condition.values.map((wanted) => compareValues(operator, wanted, saw, scope));
  const matches = matchesOne(compared, operator.negated);
  const holds = operator.negated ? not(matches) : matches;
  const doubt = compared.find((one) => one.outcome === "unknown" || one.outcome === "unresolved");
  if (holds === "unknown")
    return undecided(doubt !== undefined && "because" in doubt ? doubt.because : "undecided", PAGES.variables);
  const list = condition.values.length === 1 ? `"${condition.values[0]}"` : `one of ${condition.values.length} values`;
  const plain = `${condition.key} is "${saw}", which ${matches === "yes" ? "matches" : "does not match"} ${list}`;
  const why = doubt !== undefined && "because" in doubt ? `: ${doubt.because}` : nearMiss(operator, condition.values, saw);
  return { holds, meaning: holds === "no" ? plain + why : plain, source: PAGES.operators };
}

// A variable without a value either matches nothing or voids its statement; what holds under both readings is certain.
function matchesOne(compared: readonly Comparison[], negated: boolean): Certainty {
  const unresolved = compared.some((one) => one.outcome === "unresolved");
  const rest = anyOf(compared.map((one) => (one.outcome === "unresolved" ? "no" : one.outcome)));
  if (!unresolved) return rest;
  if (negated) return rest === "yes" ? "yes" : "unknown";
  return rest === "no" ? "no" : "unknown";
}
