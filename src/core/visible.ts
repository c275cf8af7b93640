/**
 * Controls but tab and new line; what ends a line; marks that turn the direction of writing; and what stands there without being
 * seen (Unicode 16.0, section 5.21: default ignorable code points), so that two names that differ look it.
 */
const UNSEEN = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * A text that a terminal only shows, and shows whole. The answer of an endpoint or the content of a file could otherwise move the
 * cursor, rewrite the lines above or set the window's title.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\u{${code.toString(16)}}`;
  });
}

/** The same on one line, whatever it holds: nothing in it looks like a line of its own. */
export function visibleLine(text: string): string {
  return visible(text.replaceAll("\n", " "));
}

/**
 * Whether a person sees all of the text on one line, and could type it. Half of a surrogate pair is not a character, and each
 * reader replaces it by something else.
 */
export function isTypeable(text: string): boolean {
  return !/[\t\n\p{Cs}]/u.test(text) && visible(text) === text;
}

/** Whether a name is what it looks like: typeable, with something to see. Two of them that differ look it. @see RFC 8264 §9.13 */
export function isVisibleName(name: string): boolean {
  return /[^\p{Z}]/u.test(name) && isTypeable(name);
}

/**
 * A value as JSON, all of it to be seen: what {@link visible} shows is an escape here, by which every reader gets the same value.
 *
 * @param indent blanks a level; 0: on one line.
 */
export function visibleJson(value: unknown, indent = 0): string {
  const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value, null, indent).replace(UNSEEN, (character) => character.split("").map(escaped).join(""));
}

/** What is seen of a name that a stranger chose, on one line; `""` where nothing is. */
export function seenOf(name: string): string {
  return name.replace(/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]+/gu, " ").trim();
}
