import type { Operator } from "./operators.ts";
import { matchesPattern, wildcardPattern } from "./wildcard.ts";

/** What separates a value from the one that was wanted, where it is a thing people trip over; empty when it is not. */
export function nearMiss(operator: Operator, wanted: readonly string[], saw: string): string {
  if (operator.negated) return "";
  for (const value of wanted) {
    const reason = reasonOf(operator, value, saw);
    if (reason !== null) return `: ${reason}`;
  }
  return "";
}

function reasonOf(operator: Operator, wanted: string, saw: string): string | null {
  if (wanted === saw) return null;
  switch (operator.family) {
    case "string":
    case "string-like":
      break;
    default:
      return null;
  }
  if (operator.family === "string" && /[*?]/.test(wanted) && matchesPattern(wildcardPattern(wanted), saw)) {
    return "StringEquals takes * and ? as they are; StringLike has wildcards";
  }
  if (matchesPattern(wildcardPattern(wanted.toLowerCase()), saw.toLowerCase())) return "they differ in upper and lower case";
  if (wanted.trim() === saw.trim()) return "they differ in spaces at an end";
  if (wanted.replace(/\/$/, "") === saw.replace(/\/$/, "")) return "they differ in a slash at the end";
  if (wanted.replace(/^https:\/\//, "") === saw.replace(/^https:\/\//, "")) return "they differ in https://";
  return null;
}
