/**
 * A script is a text that documents brevet and is run as a test. What a line is, its first characters say:
 *
 *     # prose
 *     env NAME=value        for all commands that follow; `$NAME` is replaced in it
 *     let NAME = COMMAND    the same, with what the command prints
 *     $ COMMAND             run by sh in the home folder of the script
 *     & COMMAND             run in the background until the script ends; waits for its `--ready-file`
 *     < text                a line of stdin
 *     1> text               a line of stdout: all that there are, in order; none: stdout is empty
 *     2> text               a line of stderr, likewise
 *     ? 2                   the exit status, if it is not 0
 *     -- path 0644 --       the lines that follow are that file below the home folder; its mode, 0600 unless it is said
 *
 * In expected lines `{{…}}` is a regular expression, `$NAME` a variable, and `...` alone stands for any lines.
 */

export interface Step {
  readonly kind: "env" | "let" | "run" | "background";
  /** For `env` and `let`: the variable. */
  readonly name: string;
  /** The command, or for `env` the value. */
  readonly text: string;
  readonly line: number;
  readonly stdin: readonly string[];
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly exit: number;
}

export interface FixtureFile {
  readonly path: string;
  readonly mode: number;
  readonly content: string;
}

export interface Script {
  readonly steps: readonly Step[];
  readonly files: readonly FixtureFile[];
}

interface OpenStep extends Step {
  readonly stdin: string[];
  readonly stdout: string[];
  readonly stderr: string[];
  exit: number;
}

/** @throws {Error} naming the line that is none of the above. */
export function parseScript(text: string): Script {
  const [head = "", ...sections] = text.split(/^-- (.+) --\n/m);
  const steps: OpenStep[] = [];
  for (const [index, line] of head.split("\n").entries()) readLine(line, index + 1, steps);
  const files: FixtureFile[] = [];
  for (let index = 0; index < sections.length; index += 2) {
    const [path = "", mode = "0600"] = (sections[index] ?? "").split(" ");
    files.push({ path, mode: Number.parseInt(mode, 8), content: sections[index + 1] ?? "" });
  }
  return { steps, files };
}

function readLine(line: string, number: number, steps: OpenStep[]): void {
  if (line === "" || line.startsWith("#")) return;
  const [, mark = "", rest = ""] = /^(\S+)(?: (.*))?$/.exec(line) ?? [];
  const open = (kind: Step["kind"], name: string, text: string): void => {
    steps.push({ kind, name, text, line: number, stdin: [], stdout: [], stderr: [], exit: 0 });
  };
  const step = steps.at(-1);
  const wrong = (): Error => new Error(`line ${number} of the script cannot be understood: ${line}`);
  const [, name = "", value = ""] = /^([A-Z][A-Z0-9_]*) ?= ?(.*)$/.exec(rest) ?? [];
  if (mark === "$") open("run", "", rest);
  else if (mark === "&") open("background", "", rest);
  else if (mark === "env" && name !== "") open("env", name, value);
  else if (mark === "let" && name !== "") open("let", name, value);
  else if (step?.kind !== "run") throw wrong();
  else if (mark === "<") step.stdin.push(rest);
  else if (mark === "1>") step.stdout.push(rest);
  else if (mark === "2>") step.stderr.push(rest);
  else if (mark === "?" && /^\d+$/.test(rest)) step.exit = Number(rest);
  else throw wrong();
}
