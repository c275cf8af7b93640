/**
 * AWS's condition operators, as data.
 *
 * @see IAM User Guide, reference_policies_elements_condition_operators
 */
export interface Operator {
  readonly family:
    | "string"
    | "string-ignore-case"
    | "string-like"
    | "arn"
    | "number"
    | "date"
    | "boolean"
    | "binary"
    | "address"
    | "null";
  /** Whether it holds when nothing matches. */
  readonly negated: boolean;
  /** For numbers and dates: what the request's value has to be, compared with the policy's. */
  readonly order?: "equal" | "less" | "less-or-equal" | "greater" | "greater-or-equal";
}

function pair(family: Operator["family"], name: string, opposite: string): readonly (readonly [string, Operator])[] {
  return [
    [name, { family, negated: false }],
    [opposite, { family, negated: true }],
  ];
}

function ordered(family: "number" | "date", prefix: string): readonly (readonly [string, Operator])[] {
  return [
    [`${prefix}Equals`, { family, negated: false, order: "equal" }],
    [`${prefix}NotEquals`, { family, negated: true, order: "equal" }],
    [`${prefix}LessThan`, { family, negated: false, order: "less" }],
    [`${prefix}LessThanEquals`, { family, negated: false, order: "less-or-equal" }],
    [`${prefix}GreaterThan`, { family, negated: false, order: "greater" }],
    [`${prefix}GreaterThanEquals`, { family, negated: false, order: "greater-or-equal" }],
  ];
}

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ...pair("string", "StringEquals", "StringNotEquals"),
  ...pair("string-ignore-case", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
  ...pair("string-like", "StringLike", "StringNotLike"),
  ...pair("arn", "ArnEquals", "ArnNotEquals"),
  ...pair("arn", "ArnLike", "ArnNotLike"),
  ...pair("address", "IpAddress", "NotIpAddress"),
  ...ordered("number", "Numeric"),
  ...ordered("date", "Date"),
  ["Bool", { family: "boolean", negated: false }],
  ["BinaryEquals", { family: "binary", negated: false }],
  ["Null", { family: "null", negated: false }],
]);

/** An operator as a policy writes it: `ForAnyValue:StringLikeIfExists`. */
export interface OperatorUse extends Operator {
  readonly set: "none" | "any" | "all";
  readonly ifExists: boolean;
}

/** Reads an operator; null for one that this version does not know. Names are taken with the case that AWS writes. */
export function readOperator(text: string): OperatorUse | null {
  const colon = text.indexOf(":");
  const prefix = colon < 0 ? "" : text.slice(0, colon);
  const set = prefix === "" ? "none" : prefix === "ForAnyValue" ? "any" : prefix === "ForAllValues" ? "all" : null;
  const rest = text.slice(colon + 1);
  const ifExists = rest.endsWith("IfExists");
  const operator = OPERATORS.get(ifExists ? rest.slice(0, -"IfExists".length) : rest);
  if (set === null || operator === undefined) return null;
  // AWS: IfExists goes with every operator except Null, and Null takes no set.
  if (operator.family === "null" && (ifExists || set !== "none")) return null;
  return { ...operator, set, ifExists };
}
