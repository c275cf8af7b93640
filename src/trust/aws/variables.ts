import { factOf } from "./key-facts.ts";
import type { TrustRequest } from "./request.ts";

/**
 * Policy variables: `${aws:PrincipalTag/team}`, `${issuer.example:sub, 'nobody'}`, and `${*}`, `${?}`, `${$}` for the
 * characters themselves. Only policies of version 2012-10-17 have them.
 *
 * @see IAM User Guide, reference_policies_variables
 */

/** A part of a value once its variables are replaced. `policy`: its `*` and `?` may be wildcards. `request`: what a variable stood for. */
export interface ResolvedPart {
  readonly text: string;
  readonly from: "policy" | "escape" | "request";
}

export type ResolvedValue =
  | { readonly kind: "resolved"; readonly parts: readonly ResolvedPart[] }
  /** A variable's key is not in the request and has no default: the value matches nothing, or voids the statement. */
  | { readonly kind: "unresolved"; readonly because: string }
  /** A variable that this version cannot decide. */
  | { readonly kind: "undecided"; readonly because: string };

/** Whether a value has anything that a policy of this version would replace. */
export function hasVariable(text: string, version: string): boolean {
  return version === "2012-10-17" && text.includes("${");
}

/** A value as a policy of version 2012-10-17 has to write it so that nothing in it is a variable. */
export function withoutVariables(text: string): string {
  return text.replace(/\$(?=\{)/g, (sign) => `\${${sign}}`);
}

/** Replaces the variables of a value of the policy. */
export function resolveVariables(text: string, version: string, request: TrustRequest): ResolvedValue {
  if (!hasVariable(text, version)) return policyText(text);
  // Every second piece is a variable, or the start of one that is never closed.
  const pieces = text.split(/(\$\{[^}]*\}?)/);
  const values = pieces.map((piece, index) => (index % 2 === 0 ? policyText(piece) : resolveOne(piece, request)));
  const failed = values.find(({ kind }) => kind === "undecided") ?? values.find(({ kind }) => kind === "unresolved");
  return failed ?? { kind: "resolved", parts: values.flatMap((value) => (value.kind === "resolved" ? value.parts : [])) };
}

function policyText(text: string): ResolvedValue {
  return { kind: "resolved", parts: [{ text, from: "policy" }] };
}

function resolveOne(variable: string, request: TrustRequest): ResolvedValue {
  const body = variable.endsWith("}") ? variable.slice(2, -1) : "";
  if (body === "*" || body === "?" || body === "$") return { kind: "resolved", parts: [{ text: body, from: "escape" }] };
  const read = readVariable(body);
  if (read === null) return { kind: "undecided", because: `"${variable}" is not a variable this version can read` };
  const { key, fallback } = read;
  const fact = factOf(key, request);
  if (fact.kind === "undecided") return { kind: "undecided", because: `the variable \${${key}}: ${fact.because}` };
  if (fact.kind === "absent") {
    if (fallback !== null) return { kind: "resolved", parts: [{ text: fallback, from: "request" }] };
    return { kind: "unresolved", because: `the variable \${${key}} has no value: ${fact.because}` };
  }
  const [value, ...others] = fact.values;
  if (value === undefined || others.length > 0) {
    const because = `the variable \${${key}} has ${fact.values.length} values, and AWS takes variables of one`;
    return { kind: "undecided", because };
  }
  return { kind: "resolved", parts: [{ text: value, from: "request" }] };
}

/** `key` or `key, 'default'`. Cut by hand: a regular expression with blanks on both sides of a part is quadratic. */
function readVariable(body: string): { readonly key: string; readonly fallback: string | null } | null {
  const comma = body.indexOf(",");
  const key = (comma < 0 ? body : body.slice(0, comma)).trim();
  if (!key.includes(":") || /['${}]/.test(key)) return null;
  if (comma < 0) return { key, fallback: null };
  const quoted = body.slice(comma + 1).trim();
  const fallback = quoted.slice(1, -1);
  if (quoted.length < 2 || !quoted.startsWith("'") || !quoted.endsWith("'") || fallback.includes("'")) return null;
  return { key, fallback };
}
