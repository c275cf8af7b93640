import type * as v from "valibot";

const KINDS: Readonly<Record<string, string>> = {
  string: "a text in quotes",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  strict_object: "an object",
  loose_object: "an object",
  integer: "a whole number",
};

/**
 * What the check that failed would have taken, to end the sentence "it has to be …"; never the value that it got, which may be a
 * misplaced secret. A pattern's message says what it takes.
 */
export function acceptedValue({ kind, type, expected, message, ...issue }: v.BaseIssue<unknown>): string {
  const limit = String((issue as { readonly requirement?: unknown }).requirement ?? "");
  const things = typeof issue.input === "string" ? "character" : "item";
  const counted = `${limit} ${things}${limit === "1" ? "" : "s"}`;
  switch (type) {
    case "picklist":
      return `one of ${alternatives(expected).join(", ")}`;
    case "union":
      return alternatives(expected)
        .map((each) => KINDS[each.toLowerCase()] ?? each)
        .join(" or ");
    case "min_length":
      return `of ${counted} or more`;
    case "max_length":
      return `of ${counted} at most`;
    case "min_value":
      return `${limit} or more`;
    case "max_value":
      return `${limit} at most`;
    default:
      // The library's own messages tell what was received.
      return KINDS[type] ?? (message.startsWith("Invalid ") ? alternatives(expected).join(" or ") : message);
  }
}

/** Those of `("auto" | "never")`. */
function alternatives(expected: string | null): readonly string[] {
  return (expected ?? "").replace(/^\((.*)\)$/, "$1").split(" | ");
}
