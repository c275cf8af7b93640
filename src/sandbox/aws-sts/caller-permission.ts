import { Fault } from "../../core/fault.ts";
import { evaluateTrust } from "../../trust/aws/evaluate.ts";
import { parseTrustPolicy } from "../../trust/aws/policy.ts";
import type { TrustRequest } from "../../trust/aws/request.ts";
import { matchesIgnoringCase, matchesPattern, wildcardPattern } from "../../trust/aws/wildcard.ts";
import type { Verdict } from "../../trust/verdict.ts";
import type { Role } from "../iam/iam-folder.ts";

/**
 * Whether the caller's own role lets it take an action on another role: the `permissions` of its file, an identity-based
 * policy. Its statements for this action and resource are asked as a trust policy is, so that conditions mean the same.
 * What the role's trust policy grants the caller by name needs no permission, but a Deny here still takes it away.
 *
 * @throws {Fault} `SANDBOX_INVALID` naming the role's file.
 * @see IAM User Guide, reference_policies_evaluation-logic
 */
export function callerPermission(caller: Role, request: TrustRequest, grantedBy: "trust policy" | "nothing"): Verdict {
  const nothing: Verdict = {
    outcome: "refused",
    because: [
      {
        at: `permissions in ${caller.file}`,
        wanted: [`Allow ${request.action} on ${request.resource}`],
        saw: null,
        meaning: "no statement of the caller's role is about this action on this role",
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
      },
    ],
  };
  const granted = grantedBy === "nothing" ? [] : [{ Effect: "Allow", Principal: { AWS: "*" }, Action: request.action }];
  const statements = [...granted, ...(caller.permissions === null ? [] : statementsFor(caller, request))];
  if (statements.length === 0) return nothing;
  return evaluateTrust(parseTrustPolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements })), request);
}

function statementsFor(caller: Role, request: TrustRequest): readonly unknown[] {
  const document = readJson(caller);
  const listed = Array.isArray(document["Statement"]) ? (document["Statement"] as readonly unknown[]) : [document["Statement"]];
  return listed.flatMap((value, index) => {
    if (!isObject(value)) throw invalid(caller, `Statement[${index}] is not an object`);
    const { Sid, Effect, Condition } = value;
    const about =
      element(caller, value, index, "Action", request.action) && element(caller, value, index, "Resource", request.resource);
    if (!about) return [];
    return [{ Sid, Effect, Principal: { AWS: "*" }, Action: request.action, ...(Condition === undefined ? {} : { Condition }) }];
  });
}

/** Whether the `Action` or `Resource` element of a statement, or its `Not…` form, covers the value. */
function element(
  caller: Role,
  statement: Readonly<Record<string, unknown>>,
  index: number,
  name: "Action" | "Resource",
  value: string,
): boolean {
  const [plain, negated] = [statement[name], statement[`Not${name}`]];
  if ((plain === undefined) === (negated === undefined)) throw invalid(caller, `Statement[${index}] needs ${name} or Not${name}`);
  const patterns = texts(plain ?? negated);
  if (patterns === null) throw invalid(caller, `Statement[${index}].${name} is neither a string nor a list of strings`);
  if (patterns.some((pattern) => pattern.includes("${"))) {
    throw invalid(caller, `Statement[${index}].${name} has a policy variable, which the sandbox does not put in there`);
  }
  const matches = (pattern: string, text: string): boolean =>
    name === "Action" ? matchesIgnoringCase(pattern, text) : matchesPattern(wildcardPattern(pattern), text);
  const covered = patterns.some((pattern) => matches(pattern, value));
  return plain === undefined ? !covered : covered;
}

function texts(value: unknown): readonly string[] | null {
  if (typeof value === "string") return [value];
  return Array.isArray(value) && value.every((each): each is string => typeof each === "string") ? value : null;
}

function readJson(caller: Role): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(caller.permissions ?? "");
    if (isObject(value)) return value;
  } catch {
    // Told below, as any other form that is no policy.
  }
  throw invalid(caller, "it is not a JSON object");
}

function invalid(caller: Role, reason: string): Fault {
  return new Fault("SANDBOX_INVALID", `permissions in ${caller.file}: ${reason}`, {
    details: { file: caller.file, key: "permissions" },
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
