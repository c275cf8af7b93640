import { fstatSync, statSync } from "node:fs";

const DESCRIPTORS = { stdout: 1, stderr: 2 } as const;

/** Where what a person reads can go. */
export type OutputStream = keyof typeof DESCRIPTORS;

/**
 * Whether a terminal shows it.
 *
 * Of a pipe, a file or `/dev/null` the process's own stream is not asked: making it loads all that streams are built of, 2 ms of a call
 * that has nothing to say.
 */
export function isTerminal(stream: OutputStream): boolean {
  return mayBeTerminal(DESCRIPTORS[stream]) && process[stream].isTTY === true;
}

function mayBeTerminal(descriptor: number): boolean {
  // There the runtimes know consoles that the calls for files do not.
  if (process.platform === "win32") return true;
  try {
    const facts = fstatSync(descriptor);
    return facts.isCharacterDevice() && facts.rdev !== statSync("/dev/null", { throwIfNoEntry: false })?.rdev;
  } catch {
    return false;
  }
}
