import type { Finding, Verdict } from "../verdict.ts";
import { allOf, anyOf, type Certainty, not } from "./certainty.ts";
import { type Judged, judgeCondition } from "./condition.ts";
import { PAGES } from "./pages.ts";
import type { TrustPolicy } from "./policy.ts";
import { matchPrincipal, type PrincipalElement } from "./principal.ts";
import type { TrustRequest } from "./request.ts";
import { placeOf, type TrustStatement } from "./statement.ts";
import { matchesIgnoringCase } from "./wildcard.ts";

/**
 * What a role's trust policy says of one action, with its reasons.
 *
 * A statement applies when its principal, its action and all of its conditions hold; it surely does not when one of them
 * surely fails, whatever cannot be decided beside it. Then, in this order:
 *
 * | Deny | Allow | verdict |
 * |---|---|---|
 * | one surely applies | anything | refused |
 * | none can apply | one surely applies | allowed |
 * | anything | none can apply | refused |
 * | otherwise | | unknown |
 *
 * An element of the policy itself that this version does not know makes everything unknown that no sure Deny refuses.
 *
 * @see IAM User Guide, reference_policies_evaluation-logic: an explicit deny overrides, and the default is to deny
 */
export function evaluateTrust(policy: TrustPolicy, request: TrustRequest): Verdict {
  const judged = policy.statements.map((statement) => judgeStatement(statement, policy, request));
  const denies = judged.filter(({ statement }) => statement.effect === "Deny");
  const allows = judged.filter(({ statement }) => statement.effect === "Allow");
  const denied = anyOf(denies.map(({ applies }) => applies));
  const allowed = anyOf(allows.map(({ applies }) => applies));
  if (denied === "yes") return { outcome: "refused", because: denies.filter(surely).flatMap(deniedBecause) };
  if (policy.unknownElements.length > 0) return { outcome: "unknown", because: policy.unknownElements.map(unknownElement) };
  if (allowed === "no") return { outcome: "refused", because: notAllowedBecause(allows, request) };
  const [allow] = allows.filter(surely);
  if (denied === "no" && allow !== undefined) return { outcome: "allowed", because: allowedBecause(allow, request) };
  const doubtful = [...denies, ...allows].filter(({ applies }) => applies === "unknown");
  return { outcome: "unknown", because: doubtful.flatMap(({ parts }) => findings(parts, "unknown")) };
}

interface JudgedStatement {
  readonly statement: TrustStatement;
  readonly applies: Certainty;
  /** Principal, action, unknown elements, then the conditions. */
  readonly parts: readonly Judged[];
}

function surely({ applies }: JudgedStatement): boolean {
  return applies === "yes";
}

function findings(parts: readonly Judged[], holds: Certainty): readonly Finding[] {
  return parts.filter((part) => part.holds === holds).map((part) => part.finding);
}

function judgeStatement(statement: TrustStatement, policy: TrustPolicy, request: TrustRequest): JudgedStatement {
  const scope = { version: policy.version, request };
  const parts = [
    judgePrincipal(statement, request),
    judgeAction(statement, request),
    ...statement.unknownElements.map((name) => judgeUnknownElement(statement, name)),
    ...statement.conditions.map((condition) => judgeCondition(condition, statement, scope)),
  ];
  return { statement, applies: allOf(parts.map((part) => part.holds)), parts };
}

function judgePrincipal(statement: TrustStatement, { principal }: TrustRequest): Judged {
  const holds = matchPrincipal(statement.principal, principal);
  const isNot = statement.principal.kind === "not-principal";
  const meaning = isNot
    ? "NotPrincipal is not evaluated by this version"
    : {
        yes: "the caller is a principal of this statement",
        no: `the caller ${principal.arn} is no principal of this statement`,
        unknown: "AWS does not say whether this principal stands for the caller",
      }[holds];
  return {
    holds,
    finding: {
      at: `${placeOf(statement)} ${isNot ? "NotPrincipal" : "Principal"}`,
      wanted: namesOf(statement.principal),
      saw: [principal.arn],
      meaning,
      source: isNot ? PAGES.notPrincipal : PAGES.principal,
    },
  };
}

function namesOf(principal: PrincipalElement): readonly string[] {
  return principal.kind === "listed" ? principal.entries.map(({ type, value }) => `${type}: ${value}`) : [];
}

function judgeAction(statement: TrustStatement, { action }: TrustRequest): Judged {
  const listed: Certainty = statement.actions.some((pattern) => matchesIgnoringCase(pattern, action)) ? "yes" : "no";
  const holds = statement.actionElement === "Action" ? listed : not(listed);
  return {
    holds,
    finding: {
      at: `${placeOf(statement)} ${statement.actionElement}`,
      wanted: statement.actions,
      saw: [action],
      meaning: `this statement is ${holds === "yes" ? "" : "not "}about ${action}`,
      source: statement.actionElement === "Action" ? PAGES.action : PAGES.notAction,
    },
  };
}

function judgeUnknownElement(statement: TrustStatement, name: string): Judged {
  const finding = { ...unknownElement(name), at: `${placeOf(statement)} ${name}` };
  return { holds: "unknown", finding };
}

function unknownElement(name: string): Finding {
  return {
    at: name,
    wanted: [],
    saw: null,
    meaning: `the element ${name} is not known to this version`,
    source: PAGES.elements,
  };
}

function deniedBecause({ statement, parts }: JudgedStatement): readonly Finding[] {
  const whole: Finding = {
    at: placeOf(statement),
    wanted: statement.actions,
    saw: null,
    meaning: "this Deny applies, and no Allow overrides it",
    source: PAGES.evaluation,
  };
  const conditions = parts.slice(parts.length - statement.conditions.length);
  return [whole, ...findings(conditions, "yes")];
}

function allowedBecause({ statement, parts }: JudgedStatement, request: TrustRequest): Finding {
  const lax = parts.filter(({ finding }) => finding.saw === null && finding.at.includes("Condition.ForAllValues:"));
  const caution = lax.map(
    ({ finding }) => `; ${finding.at.slice(finding.at.indexOf("Condition."))} holds because the key is absent`,
  );
  return {
    at: placeOf(statement),
    wanted: statement.actions,
    saw: [request.action],
    meaning: `this statement allows it and no Deny applies${caution.join("")}`,
    source: PAGES.evaluation,
  };
}

/** What failed in every Allow; the statements that came closest first. */
function notAllowedBecause(allows: readonly JudgedStatement[], request: TrustRequest): readonly Finding[] {
  if (allows.length === 0) {
    const meaning = `no statement allows ${request.action}`;
    return [{ at: "Statement", wanted: [], saw: [request.action], meaning, source: PAGES.evaluation }];
  }
  const ranked = [...allows].sort((left, right) => distance(left) - distance(right));
  return ranked.flatMap(({ parts }) => findings(parts, "no"));
}

// Another principal is further away than another action, and both are further than any number of conditions.
function distance({ parts }: JudgedStatement): number {
  const [principal, action, ...others] = parts;
  const failed = others.filter(({ holds }) => holds === "no").length;
  return (principal?.holds === "no" ? 10_000 : 0) + (action?.holds === "no" ? 1000 : 0) + failed;
}
