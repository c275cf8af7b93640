import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { literalPattern, matchesIgnoringCase, matchesPattern, wildcardPattern } from "./wildcard.ts";

/** The definition, read off: slow and without cleverness. */
function matchesByDefinition(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  const [head, rest] = [pattern[0], pattern.slice(1)];
  if (head === "*") return matchesByDefinition(rest, text) || (text !== "" && matchesByDefinition(pattern, text.slice(1)));
  return text !== "" && (head === "?" || head === text[0]) && matchesByDefinition(rest, text.slice(1));
}

test("matches what the definition matches", () => {
  const letters = (...units: readonly string[]) => fc.string({ unit: fc.constantFrom(...units), maxLength: 9 });
  fc.assert(
    fc.property(letters("a", "b", "*", "?"), letters("a", "b", "*"), (pattern, text) => {
      assert.equal(matchesPattern(wildcardPattern(pattern), text), matchesByDefinition(pattern, text));
    }),
    { numRuns: 5000 },
  );
});

test("a literal has no wildcards", () => {
  assert.equal(matchesPattern(literalPattern("a*?"), "a*?"), true);
  assert.equal(matchesPattern(literalPattern("a*"), "ab"), false);
});

test("one question mark is one character beyond the basic plane", () => {
  assert.equal(matchesPattern(wildcardPattern("?"), "𝟙"), true);
  assert.equal(matchesPattern(wildcardPattern("??"), "𝟙"), false);
});

test("characters that are special to regular expressions are themselves", () => {
  assert.equal(matchesPattern(wildcardPattern("a.c[d](e)+$^|\\"), "a.c[d](e)+$^|\\"), true);
  assert.equal(matchesPattern(wildcardPattern("a.c"), "abc"), false);
});

test("actions are compared without case", () => {
  assert.equal(matchesIgnoringCase("STS:Assume*", "sts:AssumeRole"), true);
  assert.equal(matchesIgnoringCase("sts:Tag*", "sts:AssumeRole"), false);
});
