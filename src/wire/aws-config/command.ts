import { Fault } from "../../core/fault.ts";

/** What splits the command: a POSIX shell or `cmd`, besides Python's `shlex`, which botocore uses on POSIX. */
export type CommandShell = "posix" | "cmd";

/** Means nothing to any reader: not to `sh`, `cmd`, `shlex`, nor to the readers of the file. */
const BARE = /^[A-Za-z0-9_@+:,./-]+$/;

/**
 * A command as the value of `credential_process`: botocore splits it by `shlex` and starts no shell, the other SDKs hand it
 * to `sh -c` or `cmd /C`. All of them come to the same words.
 *
 * @throws {Fault} `COMMAND_UNSTABLE` for a word that the readers do not agree about.
 * @see AWS SDKs and Tools Reference Guide, "Process credential provider"
 */
export function encodeCommand(words: readonly string[], shell: CommandShell): string {
  return words.map((word, index) => (shell === "cmd" ? quoteForCmd(word, index) : quoteForPosix(word))).join(" ");
}

function quoteForPosix(word: string): string {
  refuseForFile(word);
  if (BARE.test(word)) return word;
  if (!/["$`\\!]/.test(word)) return `"${word}"`;
  // In single quotes nothing is special, neither to `sh` nor to `shlex`; a single quote itself is put in double ones.
  return `'${word.replaceAll("'", `'"'"'`)}'`;
}

/**
 * `cmd /C` keeps the quotes around the program only if they are the only two and nothing between them is special
 * (`cmd /?`): so the program may be quoted, nothing else may have to be, and `C:\Program Files (x86)` cannot be written.
 */
function quoteForCmd(word: string, index: number): string {
  refuseForFile(word);
  if (BARE.test(word)) return word;
  // The path of a script that Node runs may have slashes; the program itself may not, unquoted.
  const slashed = word.replaceAll("\\", "/");
  if (index > 0 && /^[A-Za-z]:\\/.test(word) && BARE.test(slashed)) return slashed;
  // Two backslashes are one to `shlex`; a backslash before the closing quote would take it away.
  if (index > 0 || /["&<>()@^|%!=;,'`]|\\\\|\\$/.test(word)) throw unwritable(word, "cmd does not take it between quotes");
  return `"${word}"`;
}

/** Readers of the file cut a value at its line end, and some of them at ` #` and ` ;`. */
function refuseForFile(word: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (word === "" || /[\u0000-\u001f\u007f-\u009f\u2028\u2029\p{Surrogate}]/u.test(word))
    throw unwritable(word, "it holds a control character");
  if (/(^|\s)[#;]/.test(word)) throw unwritable(word, "what follows is a comment to some readers");
}

function unwritable(word: string, why: string): Fault {
  return new Fault("COMMAND_UNSTABLE", `the path "${word}" cannot be written as a command: ${why}`, {
    hints: ["install brevet in a folder whose path is plain, such as `/usr/local/bin`"],
  });
}
