import { type ChildProcess, spawn } from "node:child_process";
import { Fault } from "../core/fault.ts";
import type { Environment } from "./paths.ts";
import { systemErrorCode } from "./system-error.ts";

/** How an external signer is run. */
export interface ProgramSettings {
  readonly command: readonly [string, ...string[]];
  /** The whole environment of the program. */
  readonly environment: Environment;
  readonly deadlineSeconds: number;
}

/** What a well-formed answer never comes near to: an RSA-8192 signature is 1.4 kB of base64. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Runs a program without a shell, gives it one line and returns what it wrote. Its stderr is ours, so that it can tell a
 * person to touch a key. It stays in our session, so that it can ask for a PIN on the terminal.
 *
 * @throws {Fault} `SIGNER_ABSENT` when there is no such program; `SIGNER_FAILED` when it ends with another status than 0,
 * writes more than 64 kB, or has not ended and closed its output by the deadline. It is then killed.
 */
export async function runProgram(settings: ProgramSettings, input: string): Promise<string> {
  const [program, ...args] = settings.command;
  const child = await startProgram(program, args, settings.environment);
  try {
    const [answer, status] = await within(settings.deadlineSeconds, program, [
      readAnswer(child, program),
      endOf(child),
      writeInput(child, input),
    ]);
    if (status !== 0) {
      throw new Fault("SIGNER_FAILED", `the signer ${program} ended with ${statusText(status)}`, {
        hints: ["what it wrote to stderr stands above", "see what it does wrong: `brevet signer test -- PROGRAM …`"],
        details: { status },
      });
    }
    return answer;
  } finally {
    // Those that it started may hold its output open; nobody waits for them.
    child.kill("SIGKILL");
    child.stdin?.destroy();
    child.stdout?.destroy();
  }
}

function startProgram(program: string, args: readonly string[], environment: Environment): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const failed = (cause: unknown): void => reject(notStarted(program, cause));
    try {
      const stdio = ["pipe", "pipe", "inherit"] as const;
      const child = spawn(program, args, { env: { ...environment }, stdio: [...stdio], windowsHide: true });
      child.once("error", failed);
      child.once("spawn", () => resolve(child));
    } catch (cause) {
      // Node throws some errors of the system (E2BIG) and emits others.
      failed(cause);
    }
  });
}

async function readAnswer(child: ChildProcess, program: string): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of child.stdout ?? []) {
    length += (chunk as Buffer).length;
    if (length > MAX_ANSWER_BYTES) throw new Fault("SIGNER_FAILED", `the signer ${program} answered more than 64 kB`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The exit status, or the name of the signal that ended it. */
function endOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal ?? "no status")));
}

function writeInput(child: ChildProcess, input: string): Promise<void> {
  return new Promise((resolve) => {
    // A program may answer without having read all, and its pipe is then gone (EPIPE): what counts is its answer.
    child.stdin?.once("error", () => resolve());
    child.stdin?.end(input, () => resolve());
  });
}

/** The first fault, or every result. */
async function within<T extends readonly unknown[]>(
  seconds: number,
  program: string,
  work: readonly [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Fault("SIGNER_FAILED", `the signer ${program} did not answer within ${seconds} seconds`));
    }, seconds * 1000);
  });
  try {
    // TypeScript sees a list of what was awaited here, and not that it is the tuple `T`.
    return (await Promise.race([Promise.all(work), deadline])) as unknown as T;
  } finally {
    clearTimeout(timer);
  }
}

function statusText(status: number | string): string {
  return typeof status === "number" ? `status ${status}` : `signal ${status}`;
}

function notStarted(program: string, cause: unknown): Fault {
  const code = systemErrorCode(cause);
  const reason = code === "ENOENT" ? "is not on this machine" : `cannot be started (${code || String(cause)})`;
  return new Fault("SIGNER_ABSENT", `the signer ${program} ${reason}`, {
    hints: ["`identities.NAME.signer.command` in the config says which program it is"],
    cause,
    details: { command: program, reason: code },
  });
}
