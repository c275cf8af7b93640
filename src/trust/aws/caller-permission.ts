import { Fault } from "../../core/fault.ts";
import { isJsonObject, parseJsonObject } from "../../core/json-object.ts";
import type { Verdict } from "../verdict.ts";
import { evaluateTrust } from "./evaluate.ts";
import { PAGES } from "./pages.ts";
import { parseTrustPolicy, type TrustPolicy } from "./policy.ts";
import type { TrustRequest } from "./request.ts";
import type { TrustStatement } from "./statement.ts";
import { matchesIgnoringCase, matchesPattern, wildcardPattern } from "./wildcard.ts";

/** An identity-based or session policy, as JSON text, and where it stands, for messages. */
export interface PermissionSource {
  readonly policy: string | null;
  /** `permissions in …/dev.json` */
  readonly label: string;
}

/**
 * Whether a policy without principals lets its owner take an action on a role. Its statements for this action and resource
 * are asked as a trust policy is, so that conditions mean the same.
 *
 * @param grantedBy what the role's trust policy grants the caller by name needs no permission, but a Deny here takes it away.
 * @throws {Fault} `POLICY_INVALID` naming the place.
 * @see IAM User Guide, reference_policies_evaluation-logic
 */
export function permissionVerdict(
  source: PermissionSource,
  request: TrustRequest,
  grantedBy: "trust policy" | "nothing",
): Verdict {
  const granted =
    grantedBy === "nothing" ? [] : [{ Sid: "TrustPolicy", Effect: "Allow", Principal: { AWS: "*" }, Action: request.action }];
  const statements = [...(source.policy === null ? [] : statementsFor(source, request)), ...granted];
  if (statements.length > 0) {
    return evaluateTrust(parseTrustPolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements })), request);
  }
  const wanted = [`Allow ${request.action} on ${request.resource}`];
  const meaning = "no statement there is about this action on this role";
  return { outcome: "refused", because: [{ at: source.label, wanted, saw: null, meaning, source: PAGES.evaluation }] };
}

/** A session of a role that calls, by the ARNs that a trust policy may name it by. */
export interface CallingSession {
  readonly sessionArn: string;
  readonly roleArn: string;
}

/**
 * Whom a role's trust policy names that allows a request: the session, its role, or no more than the account. In another account the
 * caller's own permissions have to allow it too, whomever it names.
 *
 * @see IAM User Guide, reference_policies_evaluation-logic
 */
export function namingOf(policy: TrustPolicy, request: TrustRequest, caller: CallingSession): "session" | "role" | "account" {
  const accountOf = (arn: string) => arn.split(":")[4];
  if (accountOf(request.resource) !== accountOf(caller.roleArn)) return "account";
  const names = (arn: string): boolean => {
    const statements = policy.statements.filter((statement) => statement.effect === "Allow" && isNamed(statement, arn));
    return statements.length > 0 && evaluateTrust({ ...policy, statements }, request).outcome === "allowed";
  };
  if (names(caller.sessionArn)) return "session";
  return names(caller.roleArn) ? "role" : "account";
}

function isNamed({ principal }: TrustStatement, arn: string): boolean {
  return principal.kind === "listed" && principal.entries.some(({ type, value }) => type === "AWS" && value === arn);
}

function statementsFor(source: PermissionSource, request: TrustRequest): readonly unknown[] {
  const document = readJson(source);
  const listed = Array.isArray(document["Statement"]) ? (document["Statement"] as readonly unknown[]) : [document["Statement"]];
  return listed.flatMap((value, index) => {
    if (!isJsonObject(value)) throw invalid(source, `Statement[${index}] is not an object`);
    // The number that it has in its own policy: here it may be one of fewer.
    const { Sid = `Statement${index}`, Effect, Condition } = value;
    const about =
      element(source, value, index, "Action", request.action) && element(source, value, index, "Resource", request.resource);
    if (!about) return [];
    return [{ Sid, Effect, Principal: { AWS: "*" }, Action: request.action, ...(Condition === undefined ? {} : { Condition }) }];
  });
}

/** Whether the `Action` or `Resource` element of a statement, or its `Not…` form, covers the value. */
function element(
  source: PermissionSource,
  statement: Readonly<Record<string, unknown>>,
  index: number,
  name: "Action" | "Resource",
  value: string,
): boolean {
  const [plain, negated] = [statement[name], statement[`Not${name}`]];
  if ((plain === undefined) === (negated === undefined)) throw invalid(source, `Statement[${index}] needs ${name} or Not${name}`);
  const patterns = texts(plain ?? negated);
  if (patterns === null) throw invalid(source, `Statement[${index}].${name} is neither a string nor a list of strings`);
  if (patterns.some((pattern) => pattern.includes("${"))) {
    throw invalid(source, `Statement[${index}].${name} has a policy variable, which is not put in there here`);
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

function readJson(source: PermissionSource): Readonly<Record<string, unknown>> {
  const policy = parseJsonObject(source.policy ?? "");
  if (policy === null) throw invalid(source, "it is not a JSON object");
  return policy;
}

function invalid(source: PermissionSource, reason: string): Fault {
  return new Fault("POLICY_INVALID", `${source.label}: ${reason}`);
}
