import { fstatSync, statSync } from "node:fs";

const DESCRIPTORS = { stdout: 1, stderr: 2 } as const;

/** A stream on which a person may read. */
export type OutputStream = keyof typeof DESCRIPTORS;

/**
 * Whether it goes to a terminal.
 *
 * For a pipe, a file or `/dev/null`, `process.stdout` and `process.stderr` are not touched: the first use of one makes a stream and loads
 * all that streams are built of, 2 ms of a call that has nothing to say.
 */
export function isTerminal(stream: OutputStream): boolean {
  return mayBeTerminal(DESCRIPTORS[stream]) && process[stream].isTTY === true;
}

function mayBeTerminal(descriptor: number): boolean {
  // On Windows the runtimes know consoles that file calls do not.
  if (process.platform === "win32") return true;
  try {
    const facts = fstatSync(descriptor);
    return facts.isCharacterDevice() && facts.rdev !== statSync("/dev/null", { throwIfNoEntry: false })?.rdev;
  } catch {
    return false;
  }
}
