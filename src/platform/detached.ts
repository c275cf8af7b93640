import { type ChildProcess, spawn } from "node:child_process";
import { Fault } from "../core/fault.ts";
import type { Environment } from "./paths.ts";

/** A program that goes on when we have ended. */
export interface Detached {
  /** Its first line on stdout; what it says later goes nowhere. */
  readonly firstLine: string;
  /** Asks it to end. */
  stop(): void;
}

const MAX_LINE_BYTES = 64 * 1024;

/**
 * Starts a program in a session of its own, so that neither the end of ours, nor of the terminal, nor a Ctrl-C reaches it, and
 * waits for its first line.
 *
 * @param input what it reads on stdin: an argument could be read by every user of the machine.
 * @throws {Fault} `INTERNAL` if it ends before it has said anything.
 */
export async function startDetached(
  words: readonly [string, ...string[]],
  input: string,
  environment: Environment,
): Promise<Detached> {
  const [program, ...args] = words;
  const child = spawn(program, args, {
    detached: true,
    windowsHide: true,
    stdio: ["pipe", "pipe", "ignore"],
    env: { ...environment },
  });
  child.stdin?.on("error", () => undefined).end(input);
  const firstLine = await readFirstLine(child);
  child.stdout?.destroy();
  child.unref();
  return { firstLine, stop: () => void child.kill("SIGTERM") };
}

function readFirstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const failed = (cause?: unknown): void =>
      reject(new Fault("INTERNAL", "a process of brevet's own ended before it said anything", { cause }));
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
