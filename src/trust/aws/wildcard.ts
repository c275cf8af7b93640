/**
 * Wildcard matching as AWS has it: `*` is any run of characters, `?` is exactly one, everything else is itself.
 *
 * No regular expression is made from a policy: a pattern of many stars would make a backtracking engine hang. The
 * matcher goes back to the last star only, so its work is at most |pattern| × |text|.
 *
 * @see IAM User Guide, reference_policies_elements_condition_operators, Conditions_String-wildcard
 */

/** `*` and `?` of a policy, told apart from the same characters in a literal. */
export const ANY_RUN = Symbol("*");
export const ANY_ONE = Symbol("?");

/** One element of a pattern: a character (a code point) or a wildcard. */
export type PatternToken = string | typeof ANY_RUN | typeof ANY_ONE;

/** Reads a text of a policy, in which `*` and `?` are wildcards. */
export function wildcardPattern(text: string): PatternToken[] {
  return Array.from(text, (character) => (character === "*" ? ANY_RUN : character === "?" ? ANY_ONE : character));
}

/** A text in which nothing is a wildcard. */
export function literalPattern(text: string): PatternToken[] {
  return Array.from(text);
}

/** Whether the whole of `text` matches, upper and lower case being different. */
export function matchesPattern(pattern: readonly PatternToken[], text: string): boolean {
  const characters = Array.from(text);
  let position = 0;
  let token = 0;
  let lastStar = -1;
  let resumeAt = 0;
  while (position < characters.length) {
    const wanted = pattern[token];
    if (wanted === ANY_RUN) {
      lastStar = token++;
      resumeAt = position;
    } else if (wanted === ANY_ONE || wanted === characters[position]) {
      token++;
      position++;
    } else if (lastStar >= 0) {
      token = lastStar + 1;
      position = ++resumeAt;
    } else {
      return false;
    }
  }
  while (pattern[token] === ANY_RUN) token++;
  return token === pattern.length;
}

/** Whether `text` matches a pattern in which case does not count, as for actions. */
export function matchesIgnoringCase(pattern: string, text: string): boolean {
  return matchesPattern(wildcardPattern(pattern.toLowerCase()), text.toLowerCase());
}
