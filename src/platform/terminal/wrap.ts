/**
 * Breaks a text at blanks into lines of at most `width` characters. What stands between backticks stays whole, so that a command
 * can be copied; a word that is longer than a line has one to itself.
 */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.match(/(?:`[^`]*`|\S)+/g) ?? []) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** The text with what does not fit on a line of `width` below it, `indent` characters in, where its first line begins. */
export function hang(text: string, indent: number, width: number): string {
  const room = width - indent;
  const lines = text.split("\n").flatMap((line) => (line.length <= room ? [line] : wrap(line, room)));
  return lines.join(`\n${" ".repeat(indent)}`);
}
