/**
 * Whether lines are as a script expects them: `{{…}}` is a regular expression, `$NAME` the value of a variable, `...`
 * alone any number of lines.
 *
 * @returns null, or the two texts side by side for a person.
 */
export function mismatch(
  stream: string,
  actual: string,
  expected: readonly string[],
  variables: Readonly<Record<string, string>>,
): string | null {
  const lines = actual === "" ? [] : actual.replace(/\n$/, "").split("\n");
  const patterns = expected.map((line) => (line === "..." ? null : linePattern(line, variables)));
  if (matchesFrom(lines, patterns)) return null;
  const show = (title: string, shown: readonly string[]): string =>
    [`${title}:`, ...(shown.length === 0 ? ["  (nothing)"] : shown.map((line) => `  ${line}`))].join("\n");
  return `${stream} is not as expected\n${show("expected", expected)}\n${show("actual", lines)}`;
}

type Patterns = readonly (RegExp | null)[];

function matchesFrom(lines: readonly string[], [first, ...rest]: Patterns): boolean {
  if (first === undefined) return lines.length === 0;
  if (first === null) return lines.some((_, index) => matchesFrom(lines.slice(index), rest)) || matchesFrom([], rest);
  return lines[0] !== undefined && first.test(lines[0]) && matchesFrom(lines.slice(1), rest);
}

function linePattern(line: string, variables: Readonly<Record<string, string>>): RegExp {
  const parts = line.split(/\{\{(.*?)\}\}(?!\})/);
  const source = parts.map((part, index) => (index % 2 === 1 ? `(?:${part})` : escaped(withVariables(part, variables))));
  return new RegExp(`^${source.join("")}$`);
}

/** `$NAME` by its value, where there is such a variable. */
export function withVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$([A-Z_]+)/g, (whole, name: string) => variables[name] ?? whole);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
