import type { Finding } from "../verdict.ts";
import type { TrustRequest } from "./request.ts";

/**
 * What would make a trust policy accept what it refused: the line of the policy as it would have to be, and where brevet could
 * ask for something else instead, that. Made from the places and values of the findings, never from a cloud's message.
 */
export function mendTrust(because: readonly Finding[], request: TrustRequest): readonly string[] {
  const [first] = because;
  if (first === undefined) return [];
  // The statement that came closest: mending a second one beside it is not needed.
  const [, statement = "Statement"] = /^(Statement\[\d+\](?: \([^)]*\))?)/.exec(first.at) ?? [];
  const own = because.filter(({ at }) => at === statement || at.startsWith(`${statement} `));
  if (own.some(({ at }) => at === statement && at !== "Statement")) return [denied(statement, own)];
  if (statement === "Statement") return [`add to the trust policy: ${wholeStatement(request)}`];
  return own.flatMap((finding) => mendFinding(finding, statement, request));
}

function denied(statement: string, own: readonly Finding[]): string {
  const conditions = own.filter(({ at }) => at !== statement).map(({ at }) => at.slice(statement.length + 1));
  const what = conditions.length === 0 ? "it out" : `it out, or change its ${conditions.join(" and ")}`;
  return `${statement} of the trust policy denies it: take ${what}`;
}

function wholeStatement({ action, principal }: TrustRequest): string {
  const who = principal.kind === "federated" ? { Federated: principal.arn } : { AWS: principal.arn };
  return JSON.stringify({ Effect: "Allow", Principal: who, Action: action });
}

function mendFinding({ at, wanted, saw }: Finding, statement: string, request: TrustRequest): readonly string[] {
  const part = at.slice(statement.length + 1);
  const { principal, action } = request;
  if (part === "Principal") {
    const who = principal.kind === "federated" ? { Federated: principal.arn } : { AWS: principal.arn };
    return [`in ${statement}: "Principal": ${JSON.stringify(who)}`];
  }
  if (part === "Action") return [`in ${statement}: "Action": ${JSON.stringify([...new Set([...wanted, action])])}`];
  if (part === "NotAction") return [`in ${statement}: take ${action} out of NotAction`];
  const [, operator, key] = /^Condition\.((?:ForAllValues:|ForAnyValue:)?\w+)\.(.+)$/.exec(part) ?? [];
  if (operator === undefined || key === undefined) return [];
  const own = ownSide(key, wanted);
  const line =
    saw === null
      ? `in ${statement}: take ${operator} ${key} out of Condition`
      : `in ${statement}: "${operator}": { ${JSON.stringify(key)}: ${JSON.stringify(saw.length === 1 ? saw[0] : saw)} }`;
  return own === null ? [line] : [line, own];
}

/** What the profile could ask for instead, where a literal value is wanted. */
function ownSide(key: string, wanted: readonly string[]): string | null {
  const [value, ...others] = wanted;
  const name = key.toLowerCase();
  if (value === undefined || others.length > 0 || /[*?$]/.test(value)) return null;
  if (name === "sts:rolesessionname") return `or in the profile: "sessionName": ${JSON.stringify(value)}`;
  if (name === "sts:sourceidentity") return `or in the profile: "sourceIdentity": ${JSON.stringify(value)}`;
  const [, tag] = /^aws:requesttag\/(.+)$/i.exec(key) ?? [];
  if (tag !== undefined) return `or in the profile: "tags": ${JSON.stringify({ [tag]: value })}`;
  return name.endsWith(":aud") ? `or in the profile: "audience": ${JSON.stringify(value)}, if the provider lists it` : null;
}
