import { shellCommand } from "../../core/shell-command.ts";
import { visibleJson } from "../../core/visible.ts";
import type { Finding } from "../verdict.ts";
import { readOperator } from "./operators.ts";
import type { TrustPolicy } from "./policy.ts";
import { providerOf, type TrustRequest } from "./request.ts";
import type { TrustChanges } from "./trust-changes.ts";
import { withoutVariables } from "./variables.ts";

/** What decides a token's tags and source identity: the user's own profile, the rules of a login server, or another issuer. */
export type TagsBy = "profile" | "server" | "issuer";

/** The call that was refused, and the policy that it met. */
export interface RefusedTrust extends Pick<TrustPolicy, "version"> {
  readonly request: TrustRequest;
  readonly tagsBy: TagsBy;
  readonly changes: TrustChanges;
}

/**
 * What would make a trust policy accept what it refused: the line of the policy as it would have to be, which still lets in whom it let
 * in before, and where brevet could ask for something else instead, that. It lets in the caller alone, or says whom else. Made from the
 * places and values of the findings, never from a cloud's message. The commands that put the corrected policy in its place come last.
 */
export function mendTrust(because: readonly Finding[], trust: RefusedTrust): readonly string[] {
  const lines = mendPolicy(because, trust);
  return lines.length === 0 ? [] : [...lines, ...trust.changes.putTrustPolicy(trust.request.resource)];
}

function mendPolicy(because: readonly Finding[], trust: RefusedTrust): readonly string[] {
  const [first] = because;
  if (first === undefined) return [];
  // The statement that came closest: mending one is enough.
  const [, statement = "Statement"] = /^(Statement\[\d+\](?: \([^)]*\))?)/.exec(first.at) ?? [];
  const own = because.filter(({ at }) => at === statement || at.startsWith(`${statement} `));
  if (own.some(({ at }) => at === statement && at !== "Statement")) return [denied(statement, own)];
  // A statement about others or about another call stays as it is: in it, their conditions and ours would hold for all of them.
  const isAbout = (part: RegExp) => own.some(({ at }) => part.test(at.slice(statement.length + 1)));
  const isCall = trust.request.action.startsWith("sts:Assume");
  if (statement === "Statement" || isAbout(/^Principal$/) || (isCall && isAbout(/^(Not)?Action$/))) return ownStatement(trust);
  return own.flatMap((finding) => mendFinding(finding, statement, trust));
}

function denied(statement: string, own: readonly Finding[]): string {
  const conditions = own.filter(({ at }) => at !== statement).map(({ at }) => at.slice(statement.length + 1));
  const change = conditions.length === 0 ? "" : `change its ${conditions.join(" and ")}, or `;
  return `${statement} of the trust policy denies it: ${change}take it out, which lets in all whom it kept out`;
}

/** A statement that lets in the caller, and nobody else that the same provider vouches for. */
function ownStatement({ request: { action, principal, context }, version }: RefusedTrust): readonly string[] {
  const statement = { Effect: "Allow", Principal: { AWS: principal.arn }, Action: action };
  if (principal.kind === "aws") return [`add to the trust policy: ${visibleJson(statement)}`];
  const tested = ["aud", "sub"].map((claim) => {
    const key = `${providerOf(principal)}:${claim}`;
    const values = (context.get(key.toLowerCase()) ?? []).map((value) => literal(value, "StringEquals", version));
    return [key, values.length === 1 ? values[0] : values] as const;
  });
  // Without its subject it would let in everybody.
  if (tested.some(([, values]) => values?.length === 0)) return [];
  const own = { ...statement, Principal: { Federated: principal.arn }, Condition: { StringEquals: Object.fromEntries(tested) } };
  return [`add to the trust policy: ${visibleJson(own)}`];
}

/** A value as a policy has to write it to mean itself alone, and no pattern or variable; null where its version has no way to. */
function literal(value: string, operator: string, version: TrustPolicy["version"]): string | null {
  const { family } = readOperator(operator) ?? {};
  const isPattern = family === "string-like" || family === "arn";
  if (version === "2008-10-17") return isPattern && /[*?]/.test(value) ? null : value;
  const plain = withoutVariables(value);
  return isPattern ? plain.replace(/[*?]/g, (sign) => `\${${sign}}`) : plain;
}

function mendFinding({ at, wanted, saw }: Finding, statement: string, trust: RefusedTrust): readonly string[] {
  const part = at.slice(statement.length + 1);
  const { request, tagsBy, version } = trust;
  const { action } = request;
  if (part === "Action") {
    return [`in ${statement}: "Action": ${visibleJson([...new Set([...wanted, action])])}, for all whom it lets in`];
  }
  if (part === "NotAction") return [`in ${statement}: take ${action} out of NotAction, for all whom it lets in`];
  const [, operator, key] = /^Condition\.((?:ForAllValues:|ForAnyValue:)?\w+)\.(.+)$/.exec(part) ?? [];
  if (operator === undefined || key === undefined) return [];
  if (saw === null || operator === "Null") return mendAbsent({ key, wanted, operator, statement }, trust);
  const own = ownSide(key, wanted, tagsBy);
  const written = saw.map((value) => literal(value, operator, version));
  if (written.includes(null)) return ownStatement(trust);
  const others = isCallersOwn(key, operator, request) ? "" : ", which lets in all others who have that too";
  const line = ADDITIVE.test(operator)
    ? `in ${statement}: "${operator}": { ${visibleJson(key)}: ${visibleJson([...new Set([...wanted, ...written])])} }${others}`
    : `in ${statement}: change ${operator} ${key} so that it takes ${saw.join(", ")}, and look whom else that lets in`;
  return own === null ? [line] : [line, own];
}

/** Whether a condition, with the caller's value in it, takes nobody else. */
function isCallersOwn(key: string, operator: string, { principal }: TrustRequest): boolean {
  if (readOperator(operator)?.family === "string-ignore-case") return false;
  const name = principal.kind === "aws" ? "aws:principalarn" : `${providerOf(principal)}:sub`;
  return key.toLowerCase() === name.toLowerCase();
}

/** Operators whose values are alternatives: one more in the list takes none away from anybody. */
const ADDITIVE =
  /^(ForAllValues:|ForAnyValue:)?(String(Equals|EqualsIgnoreCase|Like)|Arn(Equals|Like)|IpAddress|NumericEquals|DateEquals|Bool|BinaryEquals)(IfExists)?$/;

interface Absent {
  readonly key: string;
  readonly wanted: readonly string[];
  readonly operator: string;
  readonly statement: string;
}

/** The request has no such key: better that it gets it than that the condition goes, which keeps others out. */
function mendAbsent({ key, wanted, operator, statement }: Absent, { request, tagsBy }: RefusedTrust): readonly string[] {
  const [, tag] = REQUEST_TAG.exec(key) ?? [];
  const [, group] = /^group\/(.+)$/i.exec(tag ?? "") ?? [];
  const isWanted = operator !== "Null" || wanted.includes("false");
  if (tagsBy === "server" && group !== undefined && isWanted) {
    const person = request.context.get(`${providerOf(request.principal)}:sub`.toLowerCase())?.[0] ?? "ADDRESS";
    return [
      `the login server sends this tag for who is in the group: ${shellCommand`brevet admin groups add ${group} ${person}`}`,
      `and where a rule names the group: "tagGroups": ${visibleJson([group])}, by brevet admin rules replace`,
    ];
  }
  const open = `in ${statement}: take ${operator} ${key} out of Condition, which lets in all whom it keeps out`;
  if (!isWanted) return [open];
  // Null says that there has to be a value, and not which.
  const own = ownSide(key, operator === "Null" ? ["VALUE"] : wanted, tagsBy);
  if (own !== null) return [own.replace(/^or /, ""), `or ${open}`];
  if (tag === undefined || tagsBy === "profile") return [open];
  const sender = tagsBy === "server" ? "login server" : "issuer";
  return [`only the ${sender} can put the tag ${tag} into its tokens, and this one has none`, `or ${open}`];
}

const REQUEST_TAG = /^aws:requesttag\/(.+)$/i;

/** What the profile could ask for instead, where a literal value is wanted and the profile chooses it. */
function ownSide(key: string, wanted: readonly string[], tagsBy: TagsBy): string | null {
  const [value, ...others] = wanted;
  const name = key.toLowerCase();
  if (value === undefined || others.length > 0 || /[*?$]/.test(value)) return null;
  if (name === "sts:rolesessionname") return `or in the profile: "sessionName": ${visibleJson(value)}`;
  if (name.endsWith(":aud")) return `or in the profile: "audience": ${visibleJson(value)}, if the provider lists it`;
  if (tagsBy !== "profile") return null;
  if (name === "sts:sourceidentity") return `or in the profile: "sourceIdentity": ${visibleJson(value)}`;
  const [, tag] = REQUEST_TAG.exec(key) ?? [];
  return tag === undefined ? null : `or in the profile: "tags": ${visibleJson({ [tag]: value })}`;
}
