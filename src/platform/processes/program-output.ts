import { execFile } from "node:child_process";
import type { Environment } from "../paths.ts";
import { PATH_ALONE } from "./windows-tool.ts";

/** What another program said. */
export interface ProgramOutput {
  /** 0 where it did what it was asked. */
  readonly status: number;
  readonly stdout: string;
}

const MAX_BYTES = 1024 * 1024;

/**
 * Runs a program and returns what it printed. It is given no input, and no shell but on Windows: both clouds' tools are scripts there, which
 * only a shell starts. So no word may be a user's.
 *
 * @returns null when there is no such program, or it does not end within `deadlineSeconds`.
 */
export function programOutput(
  command: readonly [string, ...string[]],
  environment: Environment,
  deadlineSeconds: number,
  platform: NodeJS.Platform = process.platform,
): Promise<ProgramOutput | null> {
  const shell = platform === "win32";
  const [program, ...args] = shell ? [command.join(" ")] : command;
  return new Promise((resolve) => {
    const options = {
      env: shell ? { ...environment, ...PATH_ALONE } : { ...environment },
      timeout: deadlineSeconds * 1000,
      maxBuffer: MAX_BYTES,
      windowsHide: true,
      shell,
    };
    const child = execFile(program, args, options, (error, stdout) => {
      const status = error === null ? 0 : error.code;
      resolve(typeof status === "number" ? { status, stdout } : null);
    });
    // A program that asks something must not wait for an answer that cannot come.
    child.stdin?.end();
  });
}
