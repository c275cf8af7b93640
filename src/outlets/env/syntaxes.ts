import { Fault } from "../../core/fault.ts";
import { quotePosix } from "../../core/posix-word.ts";
import type { EnvironmentChange } from "../../wire/aws-config/environment.ts";

/** A form in which variables are written down, by the name of its reader. */
export type EnvSyntax = "posix" | "fish" | "powershell" | "cmd" | "dotenv" | "json";

/** Writes a change of the environment as text that the reader of a syntax evaluates. */
type Renderer = (change: EnvironmentChange) => string;

const RENDERERS: Readonly<Record<EnvSyntax, Renderer>> = {
  posix: (change) =>
    lines(change, { set: (name, value) => `export ${name}=${quotePosix(value)}`, unset: (name) => `unset ${name}` }),
  fish: (change) =>
    // Global scope: `set -e` alone would fall through to a universal variable and remove it for good.
    lines(change, { set: (name, value) => `set -gx ${name} ${quoteFish(value)}`, unset: (name) => `set -eg ${name}` }),
  powershell: (change) =>
    lines(change, {
      set: (name, value) => `$env:${name} = ${quotePowershell(value)}`,
      unset: (name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`,
    }),
  cmd: (change) =>
    lines(
      change,
      { set: (name, value) => `set "${name}=${acceptForCmd(name, value)}"`, unset: (name) => `set "${name}="` },
      "\r\n",
    ),
  // The form has no way to remove a variable.
  dotenv: ({ set }) =>
    lines({ set, unset: [] }, { set: (name, value) => `${name}=${acceptForDotenv(name, value)}`, unset: () => "" }),
  json: ({ set }) => `${JSON.stringify(set)}\n`,
};

/** The names of all syntaxes, for `--help` and for completion. */
export const ENV_SYNTAXES: readonly EnvSyntax[] = ["posix", "fish", "powershell", "cmd", "dotenv", "json"];

/**
 * The text that makes a shell, or another reader, take over a change of the environment, value by value exactly.
 *
 * @throws {Fault} `VALUE_UNQUOTABLE` for a value that no quoting of this syntax can hold: NUL, half of a surrogate pair,
 *   and what the readers of `cmd` and `dotenv` disagree about.
 */
export function renderEnvironment(syntax: EnvSyntax, change: EnvironmentChange): string {
  for (const [name, value] of Object.entries(change.set)) {
    if (value.includes("\0") || /\p{Surrogate}/u.test(value)) throw unquotable(name, "an environment variable");
  }
  return RENDERERS[syntax](change);
}

interface Statements {
  readonly set: (name: string, value: string) => string;
  readonly unset: (name: string) => string;
}

function lines(change: EnvironmentChange, statements: Statements, end = "\n"): string {
  const sets = Object.entries(change.set).map(([name, value]) => statements.set(name, value));
  // Removed first, so that the state in between is "no credentials", never "another profile's".
  return [...change.unset.map(statements.unset), ...sets].map((line) => line + end).join("");
}

/** In single quotes, fish knows two escapes: `\'` and `\\`. */
function quoteFish(value: string): string {
  return `'${value.replace(/[\\']/g, "\\$&")}'`;
}

/**
 * Printable ASCII in single quotes, anything else as `[char]0x…`: PowerShell takes typographic quotes for quotes, decodes
 * a program's output by the console's code page, and joins its lines with whatever the system's line end is.
 */
function quotePowershell(value: string): string {
  const parts = value.match(/[\x20-\x7e]+|[^\x20-\x7e]/g) ?? [];
  const expressions = parts.map((part) =>
    /^[\x20-\x7e]/.test(part) ? `'${part.replaceAll("'", "''")}'` : `[char]0x${part.charCodeAt(0).toString(16)}`,
  );
  // A text comes first, so that `+` joins texts and never adds numbers.
  return expressions[0]?.startsWith("'") ? expressions.join(" + ") : ["''", ...expressions].join(" + ");
}

/** `%`, `!` and `^` mean one thing in a batch file, another at the prompt and a third in `for /f`. */
function acceptForCmd(name: string, value: string): string {
  if (!/^[\x20-\x7e]*$/.test(value) || /["%!^]/.test(value)) throw unquotable(name, "cmd");
  return value;
}

/** Without quotes and without a character that any reader treats specially: `docker run --env-file` keeps quotes as text. */
function acceptForDotenv(name: string, value: string): string {
  if (!/^[\w@%+=:,./-]*$/.test(value)) throw unquotable(name, "every reader of dotenv files");
  return value;
}

function unquotable(name: string, reader: string): Fault {
  return new Fault("VALUE_UNQUOTABLE", `the value of ${name} holds a character that ${reader} cannot be given`, {
    details: { variable: name },
  });
}
