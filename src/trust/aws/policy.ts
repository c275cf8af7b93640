import { Fault } from "../../core/fault.ts";
import { isJsonObject, parseJson } from "../../core/json-object.ts";
import { findDuplicateKey } from "./duplicate-keys.ts";
import { parseStatement, type TrustStatement } from "./statement.ts";

/**
 * A role's trust policy, read from JSON.
 *
 * What AWS itself refuses to save is a fault here. What AWS might accept and this version does not know (an element, an
 * operator, a kind of principal) is kept with its name, and the evaluation answers `unknown` because of it.
 */
export interface TrustPolicy {
  /** Without the element it is `2008-10-17`, which has no policy variables. */
  readonly version: "2008-10-17" | "2012-10-17";
  readonly statements: readonly TrustStatement[];
  /** Elements of the policy itself that this version does not know. */
  readonly unknownElements: readonly string[];
}

/** IAM's highest quota for a trust policy, in characters other than white space. */
const MAX_CHARACTERS = 8192;
/** The longest `AssumeRolePolicyDocument` that IAM's API takes, white space included. */
const MAX_DOCUMENT = 131_072;

/**
 * Reads a trust policy.
 *
 * @throws {Fault} `POLICY_INVALID` naming the element (`details.element`): not JSON, a name twice in one object, an element
 * missing or of the wrong type, a principal or action that IAM refuses in a trust policy, over 8,192 characters.
 * @see IAM User Guide, reference_policies_grammar, reference_policies_elements, reference_iam-quotas
 */
export function parseTrustPolicy(text: string): TrustPolicy {
  if (text.length > MAX_DOCUMENT) throw policyInvalid("the policy", `is over ${MAX_DOCUMENT} characters long`);
  const characters = text.replaceAll(/\s/g, "").length;
  if (characters > MAX_CHARACTERS) {
    throw policyInvalid("the policy", `has ${characters} characters and IAM takes at most ${MAX_CHARACTERS} in a trust policy`);
  }
  const document = parseJson(text, (cause) => policyInvalid("the policy", "is not JSON", cause));
  if (!isJsonObject(document)) throw policyInvalid("the policy", "is not a JSON object");
  const twice = findDuplicateKey(text);
  if (twice !== null) throw policyInvalid(twice, "is there twice in one object, so one of the two would be lost");
  const { Version: version = "2008-10-17", Id: id, Statement: statement, ...others } = document;
  if (version !== "2008-10-17" && version !== "2012-10-17") {
    throw policyInvalid("Version", "is neither 2012-10-17 nor 2008-10-17");
  }
  if (id !== undefined && typeof id !== "string") throw policyInvalid("Id", "is not a string");
  if (statement === undefined) throw policyInvalid("Statement", "is missing");
  const listed = Array.isArray(statement) ? statement : [statement];
  if (listed.length === 0) throw policyInvalid("Statement", "is empty");
  const statements = listed.map((value: unknown, index) => parseStatement(value, index));
  rejectRepeatedSids(statements);
  return { version, statements, unknownElements: Object.keys(others) };
}

function rejectRepeatedSids(statements: readonly TrustStatement[]): void {
  const seen = new Set<string>();
  for (const { sid, index } of statements) {
    if (sid === null || sid === "") continue;
    if (seen.has(sid)) throw policyInvalid(`Statement[${index}].Sid`, `"${sid}" is the Sid of another statement too`);
    seen.add(sid);
  }
}

function policyInvalid(element: string, reason: string, cause?: unknown): Fault {
  return new Fault("POLICY_INVALID", `${element} ${reason}`, { cause, details: { element } });
}
