import type { PipedProcess, PipedProgram } from "../../src/platform/piped-process/engine.ts";
import { startProcess } from "../../src/platform/piped-process/start-process.ts";

/** What became of a program, as JSON: a process of another runtime can tell it. */
export interface Outcome {
  readonly end: Awaited<PipedProcess["ended"]> | "not started";
  readonly output: string;
  readonly errorOutput: string;
}

const LONG = "long ".repeat(400_000);

/** Programs of every machine, and what they are given. */
const CASES: Readonly<
  Record<string, { readonly command: PipedProgram["command"]; readonly input: string; readonly kill?: true }>
> = {
  echoes: { command: ["cat"], input: "grüße 😀\n" },
  "echoes more than a pipe holds": { command: ["cat"], input: LONG },
  "ends with a status and words": { command: ["sh", "-c", "echo why >&2; exit 3"], input: "unread" },
  "reads nothing of much": { command: ["true"], input: LONG },
  "is ended by a signal": { command: ["sh", "-c", "kill -SEGV $$"], input: "" },
  "is killed": { command: ["sleep", "60"], input: "", kill: true },
  "sees the environment that it is given": { command: ["sh", "-c", 'echo "$GIVEN, $HOME"'], input: "" },
  "is not there": { command: ["/usr/bin/no-such-program"], input: "unread" },
};

/** Runs them all in this runtime. */
export async function runCases(): Promise<Readonly<Record<string, Outcome>>> {
  const outcomes: Record<string, Outcome> = {};
  for (const [name, { command, input, kill = false }] of Object.entries(CASES)) {
    let output = "";
    let errorOutput = "";
    const child = await startProcess({
      command,
      environment: { PATH: process.env["PATH"], GIVEN: "given" },
      onOutput: (text) => {
        output += text;
      },
      onErrorOutput: (text) => {
        errorOutput += text;
      },
    });
    child.send(input);
    if (kill) child.kill();
    const end = await child.ended.catch(() => "not started" as const);
    outcomes[name] = { end, output, errorOutput };
  }
  return outcomes;
}

/** What every engine gives. */
export const EXPECTED: Readonly<Record<string, Outcome>> = {
  echoes: { end: { status: 0, signal: null }, output: "grüße 😀\n", errorOutput: "" },
  "echoes more than a pipe holds": { end: { status: 0, signal: null }, output: LONG, errorOutput: "" },
  "ends with a status and words": { end: { status: 3, signal: null }, output: "", errorOutput: "why\n" },
  "reads nothing of much": { end: { status: 0, signal: null }, output: "", errorOutput: "" },
  "is ended by a signal": { end: { status: null, signal: "SIGSEGV" }, output: "", errorOutput: "" },
  "is killed": { end: { status: null, signal: "SIGKILL" }, output: "", errorOutput: "" },
  "sees the environment that it is given": { end: { status: 0, signal: null }, output: "given, \n", errorOutput: "" },
  "is not there": { end: "not started", output: "", errorOutput: "" },
};
