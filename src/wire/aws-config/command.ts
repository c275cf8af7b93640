import { Fault } from "../../core/fault.ts";

/** What splits the command: a POSIX shell or `cmd`, besides botocore, which does so itself: by `shlex`, and on Windows as C programs do. */
export type CommandShell = "posix" | "cmd";

/** Means nothing to any reader: not to `sh`, `cmd`, `shlex`, nor to the readers of the file. */
const BARE = /^[A-Za-z0-9_@+:,./-]+$/;

/**
 * A command as the value of `credential_process`: botocore splits it and starts no shell, the other SDKs hand it to `sh -c` or
 * `cmd /C`. All of them come to the same words.
 *
 * @throws {Fault} `COMMAND_UNSTABLE` for a word that the readers do not agree about.
 * @see AWS SDKs and Tools Reference Guide, "Process credential provider"
 */
export function encodeCommand(words: readonly string[], shell: CommandShell): string {
  return words.map(shell === "cmd" ? plainForCmd : quoteForPosix).join(" ");
}

function quoteForPosix(word: string): string {
  refuseForFile(word);
  if (BARE.test(word)) return word;
  if (!/["$`\\!]/.test(word)) return `"${word}"`;
  // In single quotes nothing is special, neither to `sh` nor to `shlex`; a single quote itself is put in double ones.
  return `'${word.replaceAll("'", `'"'"'`)}'`;
}

/** A path of Windows in which nothing means anything to `cmd`: no space, and none of what separates, pipes or expands. */
const PLAIN_PATH = /^[A-Za-z]:(?:[\\/][^\s"&<>()^|%!=;,'`\\/:*?]+)+$/;

/**
 * Without any quotes: the SDK for Go puts a backslash before each, and `cmd` then takes it for a part of the name; that for .NET lost them.
 * A path that would need some has a short name mostly (`C:\PROGRA~1`).
 *
 * @see https://github.com/aws/aws-sdk-go-v2/issues/3208
 */
function plainForCmd(word: string): string {
  refuseForFile(word);
  if (BARE.test(word) || PLAIN_PATH.test(word)) return word;
  throw unwritable(word, "on Windows, not every SDK of AWS takes one in quotes");
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
    hints: [
      "put brevet into a folder whose path is plain, such as `/usr/local/bin` or `C:\\Tools`, and name it by `--program FILE`",
    ],
  });
}
