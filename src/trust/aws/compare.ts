import { agreed, type Certainty, certain } from "./certainty.ts";
import { compareAddress } from "./compare-address.ts";
import { compareDates, compareNumbers } from "./compare-order.ts";
import type { Operator } from "./operators.ts";
import type { TrustRequest } from "./request.ts";
import { hasVariable, type ResolvedPart, resolveVariables } from "./variables.ts";
import { literalPattern, matchesPattern, type PatternToken, wildcardPattern } from "./wildcard.ts";

/** How one value of the policy compares with one of the request, before a negated operator turns it round. */
export type Comparison =
  | { readonly outcome: "yes" | "no" }
  /** `unresolved`: a variable without a value; the policy's value matches nothing, or voids its statement. */
  | { readonly outcome: "unknown" | "unresolved"; readonly because: string };

/** What a comparison needs besides the two values. */
export interface ComparisonScope {
  readonly version: string;
  readonly request: TrustRequest;
}

/** Compares one value of the policy with one of the request. The family is not `null`, which compares nothing. */
export function compareValues(operator: Operator, wanted: string, saw: string, scope: ComparisonScope): Comparison {
  switch (operator.family) {
    case "string":
    case "string-ignore-case":
    case "string-like":
    case "arn":
      return compareText(operator.family, wanted, saw, scope);
    default:
      break;
  }
  if (hasVariable(wanted, scope.version)) {
    return { outcome: "unknown", because: `AWS has no policy variables there, and "${wanted}" holds one` };
  }
  const outcome = comparePlain(operator, wanted, saw);
  if (outcome === "unknown") return { outcome, because: `"${wanted}" and "${saw}" cannot be compared as a ${operator.family}` };
  return { outcome };
}

function comparePlain(operator: Operator, wanted: string, saw: string): Certainty {
  switch (operator.family) {
    case "number":
      return compareNumbers(operator.order ?? "equal", wanted, saw);
    case "date":
      return compareDates(operator.order ?? "equal", wanted, saw);
    case "boolean":
      return compareBooleans(wanted, saw);
    case "binary":
      return compareBinary(wanted, saw);
    case "address":
      return compareAddress(wanted, saw);
    default:
      return "unknown";
  }
}

function compareText(
  family: "string" | "string-ignore-case" | "string-like" | "arn",
  wanted: string,
  saw: string,
  { version, request }: ComparisonScope,
): Comparison {
  const value = resolveVariables(wanted, version, request);
  if (value.kind === "unresolved") return { outcome: "unresolved", because: value.because };
  if (value.kind === "undecided") return { outcome: "unknown", because: value.because };
  const text = value.parts.map((part) => part.text).join("");
  if (family === "string") return { outcome: text === saw ? "yes" : "no" };
  if (family === "string-ignore-case") return { outcome: text.toLowerCase() === saw.toLowerCase() ? "yes" : "no" };
  const match = family === "arn" ? matchArn : (pattern: readonly PatternToken[]) => certain(matchesPattern(pattern, saw));
  const outcome = agreed(readings(value.parts).map((pattern) => match(pattern, saw)));
  if (outcome !== "unknown") return { outcome };
  const because =
    family === "arn"
      ? `"${text}" and "${saw}" are not both ARNs of six parts`
      : "a variable's value holds a wildcard, and AWS does not say whether it counts as one";
  return { outcome, because };
}

/** A value as a pattern; two of them where a variable brought in a wildcard. */
function readings(parts: readonly ResolvedPart[]): readonly (readonly PatternToken[])[] {
  const literal = parts.flatMap(({ text, from }) => (from === "policy" ? wildcardPattern(text) : literalPattern(text)));
  if (!parts.some(({ text, from }) => from === "request" && /[*?]/.test(text))) return [literal];
  return [literal, parts.flatMap(({ text, from }) => (from === "escape" ? literalPattern(text) : wildcardPattern(text)))];
}

/** AWS checks each of an ARN's six parts separately, so that a star never reaches past one of the first five colons. */
function matchArn(pattern: readonly PatternToken[], saw: string): Certainty {
  const wanted = splitArn(pattern);
  const parts = splitArn(Array.from(saw)).map((tokens) => tokens.join(""));
  if (wanted.length !== 6 || parts.length !== 6) return "unknown";
  return certain(wanted.every((part, index) => matchesPattern(part, parts[index] ?? "")));
}

function splitArn<Token>(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (token === ":" && parts.length < 6) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

function compareBooleans(wanted: string, saw: string): Certainty {
  const [left, right] = [wanted.toLowerCase(), saw.toLowerCase()];
  const isBoolean = (text: string): boolean => text === "true" || text === "false";
  return isBoolean(left) && isBoolean(right) ? certain(left === right) : "unknown";
}

/** Both in base64, compared byte for byte; a context holds binary values in base64 too. */
function compareBinary(wanted: string, saw: string): Certainty {
  const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
  return base64.test(wanted) && base64.test(saw) ? certain(wanted === saw) : "unknown";
}
