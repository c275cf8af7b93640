import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { type EnvSyntax, renderEnvironment } from "../../src/outlets/env/syntaxes.ts";

/** A real shell, and the command line by which its users take over what `brevet env` prints on stdin. */
export interface EnvShell {
  readonly name: string;
  readonly program: string;
  /** Options that a strict user sets, too. */
  readonly options: readonly string[];
  readonly syntax: EnvSyntax;
  /** Evaluates the text on stdin, then runs what is in `"$1"` or its like. */
  readonly script: string;
}

const POSIX = 'eval "$(cat)"; exec "$BREVET_TEST_NODE" -e "$BREVET_TEST_PRINT"';

export const BASH: EnvShell = { name: "bash", program: "bash", options: ["--norc", "-eu"], syntax: "posix", script: POSIX };
export const SH: EnvShell = { name: "sh", program: "sh", options: ["-eu"], syntax: "posix", script: POSIX };
export const ZSH: EnvShell = { name: "zsh", program: "zsh", options: ["-f", "-eu"], syntax: "posix", script: POSIX };
/** With this option two quotes in a quoted text are one. */
export const ZSH_RC_QUOTES: EnvShell = { ...ZSH, name: "zsh with rc_quotes", options: ["-f", "-eu", "-o", "rc_quotes"] };
export const FISH: EnvShell = {
  name: "fish",
  program: "fish",
  options: ["--no-config"],
  syntax: "fish",
  script: "cat | source; exec $BREVET_TEST_NODE -e $BREVET_TEST_PRINT",
};

const HOSTILE = [
  "'",
  '"',
  "\\",
  "$HOME",
  "$(id)",
  "`id`",
  "!!",
  "\n",
  "\r\n",
  "\t",
  "%PATH%",
  "*",
  "~",
  "\u2019",
  "é",
  "😀",
  ";",
  "&",
  "#",
  "-e",
  "",
];

/** Values made of what shells trip over, and any others that an environment can hold. */
export const hostileValue: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 3 })), { maxLength: 8 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 40 }).filter((text) => !text.includes("\0") && !/\p{Surrogate}/u.test(text)),
);

/** Checks on many values at once that the shell hands each to its children exactly as it was, and forgets what it shall. */
export function checkReadBack(shell: EnvShell, numRuns: number): void {
  const values = fc.sample(hostileValue, { numRuns, seed: 4711 });
  const set = Object.fromEntries(values.map((value, index) => [`BREVET_TEST_V${index}`, value]));
  const unset = ["BREVET_TEST_STALE", "BREVET_TEST_NEVER_SET"];
  const { status, stdout, stderr } = spawnSync(shell.program, [...shell.options, "-c", shell.script], {
    input: renderEnvironment(shell.syntax, { set, unset }),
    encoding: "utf8",
    env: {
      PATH: process.env["PATH"],
      HOME: "/nonexistent",
      LC_ALL: "C.UTF-8",
      BREVET_TEST_STALE: "stale",
      BREVET_TEST_NODE: process.execPath,
      BREVET_TEST_PRINT: "process.stdout.write(JSON.stringify(process.env))",
    },
    maxBuffer: 1 << 26,
  });
  assert.equal(status, 0, stderr);
  const seen = JSON.parse(stdout) as Record<string, string>;
  for (const [name, value] of Object.entries(set)) assert.equal(seen[name], value, `${shell.name}: ${JSON.stringify(value)}`);
  assert.equal(seen["BREVET_TEST_STALE"], undefined);
}
