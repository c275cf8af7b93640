import { ownProgram } from "./own-program.ts";

/** The words that start this same program again, before those of a command. They name what runs now, not what is on the PATH. */
export function ownWords(): readonly [string, ...string[]] {
  const { script } = ownProgram({});
  return script === null ? [process.execPath] : [process.execPath, ...process.execArgv, script];
}
