import { closeSync, openSync } from "node:fs";
import { readsCodePage, writeAll } from "../write-all.ts";
import { isTerminal } from "./is-terminal.ts";

/** Where the person of this process's session types and reads, whatever its standard streams are. */
export const CONTROLLING_TERMINAL =
  process.platform === "win32" ? { input: "\\\\.\\CONIN$", output: "\\\\.\\CONOUT$" } : { input: "/dev/tty", output: "/dev/tty" };

/** Whether there is one. */
export function controllingTerminalOpens(): boolean {
  try {
    closeSync(openSync(CONTROLLING_TERMINAL.input, "r+"));
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether this process is shown on a terminal that is still there, and ends when that closes: not one to which `nohup` or a manager of
 * services has given another stderr.
 */
export function livesOnTerminal(): boolean {
  return isTerminal("stderr") && controllingTerminalOpens();
}

/** Writes a text there; without one, or once it is closed, nobody is left to read it. */
export function writeToPerson(text: string): void {
  try {
    const descriptor = openSync(CONTROLLING_TERMINAL.output, "r+");
    if (readsCodePage()) {
      const { WriteStream } = process.getBuiltinModule("node:tty");
      new WriteStream(descriptor).on("error", () => undefined).end(text);
      return;
    }
    try {
      writeAll(descriptor, text);
    } finally {
      closeSync(descriptor);
    }
  } catch {}
}
