/** `export NAME='value'` for sh, bash and zsh: within single quotes everything but the quote itself is as it stands. */
export function posixExport(name: string, value: string): string {
  return `export ${name}='${value.replace(/'/g, `'\\''`)}'`;
}
