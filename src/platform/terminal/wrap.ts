/**
 * Breaks a text at blanks into lines of at most `width` characters, each indented as the text is. What is between backticks stays
 * whole, so that a command can be copied; a word that is longer than a line has one to itself.
 *
 * @param measure how many columns of a terminal a text takes.
 */
export function wrap(text: string, width: number, measure = (part: string): number => part.length): readonly string[] {
  const indent = indentOf(text);
  const lines: string[] = [];
  for (const word of wordsOf(text)) {
    const last = lines.at(-1);
    if (last !== undefined && measure(last) + 1 + measure(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(indent + word);
  }
  return lines;
}

/** The unbreakable parts of a text: words, and what is between backticks with the characters that touch it. */
export function wordsOf(text: string): readonly string[] {
  return text.match(/(?:`[^`]*`|\S)+/g) ?? [];
}

/** The text with what does not fit on a line of `width` below it, `indent` characters in, where its first line begins. */
export function hang(text: string, indent: number, width: number): string {
  const room = width - indent;
  const lines = text.split("\n").flatMap((line) => (line.length <= room ? [line] : wrap(line, room)));
  return lines.join(`\n${" ".repeat(indent)}`);
}

/** The blanks that a text begins with. */
function indentOf(text: string): string {
  return text.slice(0, text.length - text.trimStart().length);
}
