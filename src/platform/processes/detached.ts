import { type ChildProcess, spawn } from "node:child_process";
import { Fault } from "../../core/fault.ts";
import type { Environment } from "../paths.ts";

/** A program that goes on when we have ended. */
export interface Detached {
  /** Its first line on stdout; what it says later goes nowhere. */
  readonly firstLine: string;
}

/** What a program that goes on is started with. */
export interface DetachedStart {
  /** What it reads on stdin: an argument could be read by every user of the machine. */
  readonly input: string;
  readonly environment: Environment;
  /** Is given what asks it to end as soon as there is something to end, which is before it says anything. */
  readonly onStarted: (stop: () => void) => void;
}

const MAX_LINE_BYTES = 64 * 1024;

/**
 * Starts a program in a session of its own, which neither the end of this process or of the terminal nor a Ctrl-C reaches, and
 * waits for its first line.
 *
 * @throws {Fault} `INTERRUPTED` if it ends before it has said anything because it was asked to; else `INTERNAL`.
 */
export async function startDetached(
  words: readonly [string, ...string[]],
  { input, environment, onStarted }: DetachedStart,
): Promise<Detached> {
  const [program, ...args] = words;
  const child = spawn(program, args, {
    detached: true,
    windowsHide: true,
    stdio: ["pipe", "pipe", "ignore"],
    env: { ...environment },
  });
  let isStopped = false;
  onStarted(() => {
    isStopped = true;
    child.kill("SIGTERM");
  });
  child.stdin?.on("error", () => undefined).end(input);
  const firstLine = await readFirstLine(child, () => isStopped);
  child.stdout?.destroy();
  child.unref();
  return { firstLine };
}

function readFirstLine(child: ChildProcess, isStopped: () => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const failed = (cause?: unknown): void => {
      const said = isStopped() ? "it was stopped" : "a process of brevet's own ended before it said anything";
      reject(new Fault(isStopped() ? "INTERRUPTED" : "INTERNAL", said, { cause }));
    };
    child.once("error", failed);
    child.once("exit", () => failed());
    child.stdout?.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      const end = text.indexOf("\n");
      if (end !== -1) resolve(text.slice(0, end));
      else if (text.length > MAX_LINE_BYTES) failed();
    });
  });
}
