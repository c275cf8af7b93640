import { posixWord } from "../../core/posix-word.ts";
import type { Finding } from "../verdict.ts";
import { providerOf, type TrustRequest } from "./request.ts";

/** Who says which tags and source identity a token has: the user's own profile, the rules of a login server, or another issuer. */
export type TagsBy = "profile" | "server" | "issuer";

/**
 * What would make a trust policy accept what it refused: the line of the policy as it would have to be, which still lets in whom it let
 * in before, and where brevet could ask for something else instead, that. What opens the role to others says so. Made from the places
 * and values of the findings, never from a cloud's message.
 */
export function mendTrust(because: readonly Finding[], request: TrustRequest, tagsBy: TagsBy): readonly string[] {
  const [first] = because;
  if (first === undefined) return [];
  // The statement that came closest: mending a second one beside it is not needed.
  const [, statement = "Statement"] = /^(Statement\[\d+\](?: \([^)]*\))?)/.exec(first.at) ?? [];
  const own = because.filter(({ at }) => at === statement || at.startsWith(`${statement} `));
  if (own.some(({ at }) => at === statement && at !== "Statement")) return [denied(statement, own)];
  // A statement about others stays as it is: in it, their conditions and ours would hold for all of them.
  if (statement === "Statement" || own.some(({ at }) => at === `${statement} Principal`)) {
    return [`add to the trust policy: ${ownStatement(request)}`];
  }
  return own.flatMap((finding) => mendFinding(finding, statement, request, tagsBy));
}

function denied(statement: string, own: readonly Finding[]): string {
  const conditions = own.filter(({ at }) => at !== statement).map(({ at }) => at.slice(statement.length + 1));
  const change = conditions.length === 0 ? "" : `change its ${conditions.join(" and ")}, or `;
  return `${statement} of the trust policy denies it: ${change}take it out, which lets in all whom it kept out`;
}

/** A statement that lets in the caller, and nobody else whom the same provider vouches for. */
function ownStatement({ action, principal, context }: TrustRequest): string {
  const who = principal.kind === "federated" ? { Federated: principal.arn } : { AWS: principal.arn };
  const provider = providerOf(principal);
  const tested = ["aud", "sub"].flatMap((claim) => {
    const key = `${provider}:${claim}`;
    const values = context.get(key.toLowerCase());
    return values === undefined ? [] : [[key, values.length === 1 ? values[0] : values]];
  });
  const condition = provider === null ? {} : { Condition: { StringEquals: Object.fromEntries(tested) } };
  return JSON.stringify({ Effect: "Allow", Principal: who, Action: action, ...condition });
}

function mendFinding({ at, wanted, saw }: Finding, statement: string, request: TrustRequest, tagsBy: TagsBy): readonly string[] {
  const part = at.slice(statement.length + 1);
  const { action } = request;
  if (part === "Action") return [`in ${statement}: "Action": ${JSON.stringify([...new Set([...wanted, action])])}`];
  if (part === "NotAction") return [`in ${statement}: take ${action} out of NotAction`];
  const [, operator, key] = /^Condition\.((?:ForAllValues:|ForAnyValue:)?\w+)\.(.+)$/.exec(part) ?? [];
  if (operator === undefined || key === undefined) return [];
  if (saw === null) return mendAbsent({ key, wanted, operator, statement }, request, tagsBy);
  const own = ownSide(key, wanted, tagsBy);
  const line = ADDITIVE.test(operator)
    ? `in ${statement}: "${operator}": { ${JSON.stringify(key)}: ${JSON.stringify([...new Set([...wanted, ...saw])])} }`
    : `in ${statement}: change ${operator} ${key} so that it takes ${saw.join(", ")}, and look whom else that lets in`;
  return own === null ? [line] : [line, own];
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
function mendAbsent({ key, wanted, operator, statement }: Absent, request: TrustRequest, tagsBy: TagsBy): readonly string[] {
  const [, tag] = REQUEST_TAG.exec(key) ?? [];
  const [, group] = /^group\/(.+)$/i.exec(tag ?? "") ?? [];
  if (tagsBy === "server" && group !== undefined) {
    const person = request.context.get(`${providerOf(request.principal)}:sub`.toLowerCase())?.[0] ?? "ADDRESS";
    return [
      `the login server sends this tag for who is in the group: brevet admin groups add ${posixWord(group)} ${posixWord(person)}`,
      `and where a rule names the group: "tagGroups": ${JSON.stringify([group])}, by brevet admin rules replace`,
    ];
  }
  const own = ownSide(key, wanted, tagsBy);
  const open = `in ${statement}: take ${operator} ${key} out of Condition, which lets in all whom it keeps out`;
  if (own !== null) return [own.replace(/^or /, ""), `or ${open}`];
  if (tag === undefined || tagsBy === "profile") return [open];
  const sender = tagsBy === "server" ? "login server" : "issuer";
  return [`only the ${sender} can put the tag ${tag} into its tokens, and this one has none`, `or ${open}`];
}

const REQUEST_TAG = /^aws:requesttag\/(.+)$/i;

/** What the profile could ask for instead, where a literal value is wanted and the profile is what says it. */
function ownSide(key: string, wanted: readonly string[], tagsBy: TagsBy): string | null {
  const [value, ...others] = wanted;
  const name = key.toLowerCase();
  if (value === undefined || others.length > 0 || /[*?$]/.test(value)) return null;
  if (name === "sts:rolesessionname") return `or in the profile: "sessionName": ${JSON.stringify(value)}`;
  if (name.endsWith(":aud")) return `or in the profile: "audience": ${JSON.stringify(value)}, if the provider lists it`;
  if (tagsBy !== "profile") return null;
  if (name === "sts:sourceidentity") return `or in the profile: "sourceIdentity": ${JSON.stringify(value)}`;
  const [, tag] = REQUEST_TAG.exec(key) ?? [];
  return tag === undefined ? null : `or in the profile: "tags": ${JSON.stringify({ [tag]: value })}`;
}
