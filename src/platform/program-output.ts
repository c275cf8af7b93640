import { execFile } from "node:child_process";
import type { Environment } from "./paths.ts";

/** What another program said. */
export interface ProgramOutput {
  /** 0 where it did what it was asked. */
  readonly status: number;
  readonly stdout: string;
}

const MAX_BYTES = 1024 * 1024;

/**
 * Runs a program without a shell and without input, and returns what it printed.
 *
 * @returns null when there is no such program, or it does not end within `deadlineSeconds`.
 */
export function programOutput(
  command: readonly [string, ...string[]],
  environment: Environment,
  deadlineSeconds: number,
): Promise<ProgramOutput | null> {
  const [program, ...args] = command;
  return new Promise((resolve) => {
    const options = {
      env: { ...environment },
      timeout: deadlineSeconds * 1000,
      maxBuffer: MAX_BYTES,
      windowsHide: true,
      // Both clouds' tools are scripts on Windows, which only a shell starts; no word of a user's is among the arguments.
      shell: process.platform === "win32",
    };
    const child = execFile(program, args, options, (error, stdout) => {
      const status = error === null ? 0 : error.code;
      resolve(typeof status === "number" ? { status, stdout } : null);
    });
    // A program that asks something must not wait for an answer that cannot come.
    child.stdin?.end();
  });
}
