import type { PipedProgram, ProcessEnd } from "../../src/platform/processes/piped/engine.ts";
import { startProcess } from "../../src/platform/processes/piped/start-process.ts";
import { systemErrorCode } from "../../src/platform/system-error.ts";

/** What became of a program, as JSON: a process of another runtime can tell it. */
export interface Outcome {
  /** The code of the system's error, if it could not be started. */
  readonly end: ProcessEnd | string;
  readonly output: string;
  readonly errorOutput: string;
}

/** More than a pipe holds, and more than one argument may be. */
export const LONG = "long ".repeat(400_000);

interface Case {
  readonly command: PipedProgram["command"];
  readonly input: string;
  readonly kill?: true;
  readonly inheritsErrorOutput?: true;
  /** Another has its output open, so that only its own end can be waited for. */
  readonly leavesAnother?: true;
}

/** Small images of Linux have no `ps`. */
const OUR_GROUP = [
  'group() { if [ -r "/proc/$1/stat" ]; then cut -d " " -f 5 "/proc/$1/stat"; else ps -o pgid= -p "$1"; fi; }',
  'ours=$(group $PPID); [ -n "$ours" ] && [ "$(group $$)" = "$ours" ] && echo ours',
].join("\n");

/** Programs of every machine, and what they are given. */
const CASES: Readonly<Record<string, Case>> = {
  echoes: { command: ["cat"], input: "grüße 😀\n" },
  "echoes more than a pipe holds": { command: ["cat"], input: LONG },
  "writes a byte order mark, and half a character": { command: ["printf", "\\357\\273\\277x\\303"], input: "" },
  "ends with a status and words": { command: ["sh", "-c", "echo why >&2; exit 3"], input: "unread" },
  "speaks to the person": { command: ["sh", "-c", "echo touch the key >&2"], input: "", inheritsErrorOutput: true },
  "reads nothing of much": { command: ["true"], input: LONG },
  "is ended by a signal": { command: ["sh", "-c", "kill -SEGV $$"], input: "" },
  "leaves another behind": { command: ["sh", "-c", "sleep 30 & exit 3"], input: "", leavesAnother: true },
  "is killed": { command: ["sleep", "60"], input: "", kill: true },
  "is in our group of processes": { command: ["sh", "-c", OUR_GROUP], input: "" },
  "sees the environment that it is given": { command: ["sh", "-c", 'echo "$GIVEN, $HOME"'], input: "" },
  "is not there": { command: ["/usr/bin/no-such-program"], input: "unread" },
  "is no program": { command: ["/dev/null"], input: "unread" },
  "is given more than fits": { command: ["true", LONG], input: "unread" },
};

/** Runs them all in this runtime. */
export async function runCases(): Promise<Readonly<Record<string, Outcome>>> {
  const outcomes: Record<string, Outcome> = {};
  for (const [name, { command, input, kill = false, inheritsErrorOutput = false, leavesAnother = false }] of Object.entries(
    CASES,
  )) {
    let output = "";
    let errorOutput = "";
    const child = await startProcess({
      command,
      environment: { PATH: process.env["PATH"], GIVEN: "given" },
      onOutput: (text) => {
        output += text;
      },
      onErrorOutput: inheritsErrorOutput
        ? "inherit"
        : (text) => {
            errorOutput += text;
          },
    });
    child.send(input);
    if (kill) child.kill();
    const end = await (leavesAnother ? child.exited : child.ended).catch(systemErrorCode);
    if (leavesAnother) child.letGo();
    outcomes[name] = { end, output, errorOutput };
  }
  return outcomes;
}

const heard = (output: string): Outcome => ({ end: { status: 0, signal: null }, output, errorOutput: "" });
const silent = (end: Outcome["end"]): Outcome => ({ end, output: "", errorOutput: "" });

/** What every engine gives. */
export const EXPECTED: Readonly<Record<string, Outcome>> = {
  echoes: heard("grüße 😀\n"),
  "echoes more than a pipe holds": heard(LONG),
  "writes a byte order mark, and half a character": heard("\ufeffx\ufffd"),
  "ends with a status and words": { end: { status: 3, signal: null }, output: "", errorOutput: "why\n" },
  "speaks to the person": heard(""),
  "reads nothing of much": heard(""),
  "is ended by a signal": silent({ status: null, signal: "SIGSEGV" }),
  "leaves another behind": silent({ status: 3, signal: null }),
  "is killed": silent({ status: null, signal: "SIGKILL" }),
  "is in our group of processes": heard("ours\n"),
  "sees the environment that it is given": heard("given, \n"),
  "is not there": silent("ENOENT"),
  "is no program": silent("EACCES"),
  "is given more than fits": silent("E2BIG"),
};
