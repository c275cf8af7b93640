/** A text as one word of a POSIX shell, always in single quotes. The text must hold no NUL. @see POSIX.1-2017, Shell Command Language §2.2.2 */
export function quotePosix(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A word of a command that a person may type: in quotes only where a POSIX shell would read it otherwise. */
export function posixWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : quotePosix(word);
}
