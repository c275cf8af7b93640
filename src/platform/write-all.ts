import { writeSync } from "node:fs";
import { utf8 } from "../core/bytes.ts";
import { Fault } from "../core/fault.ts";

/**
 * Writes a text to a file descriptor, all of it, before it returns.
 *
 * `process.stdout` costs several milliseconds to set up and may lose what is still queued when the program ends. A pipe whose
 * reader is slow answers EAGAIN; a reader that is gone (EPIPE) wants no more, and is not an error.
 *
 * @throws {Fault} `FILE_UNWRITABLE`, so that nobody takes half of an answer for a whole one.
 */
export function writeAll(descriptor: number, text: string, platform: NodeJS.Platform = process.platform): void {
  const stream = readsCodePage(platform) ? { 1: process.stdout, 2: process.stderr }[descriptor] : undefined;
  if (stream?.isTTY === true) return void stream.write(text);
  const bytes = utf8(text);
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code;
      if (code === "EPIPE") return;
      if (code !== "EAGAIN") throw new Fault("FILE_UNWRITABLE", `the output cannot be written (${code})`, { cause });
      blockFor(OTHER_END_MS);
    }
  }
}

/**
 * Whether a console reads the bytes that are written to it in a code page of 1981, in which there is no UTF-8. That of Windows does, unless
 * somebody has set the page, as Bun has; Node's own streams hand it UTF-16, before they return.
 */
export function readsCodePage(platform: NodeJS.Platform = process.platform): boolean {
  return platform === "win32" && process.versions["bun"] === undefined;
}

/** How long the other end of a pipe is waited for, where the descriptor itself does not wait: who started us may share it, and have set it so. */
export const OTHER_END_MS = 2;

/** Waits, and everything in this process with it. */
export function blockFor(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Writes to stderr what can be written: when the log is full, there is nobody left to tell, and the answer counts. */
export function writeLog(text: string): void {
  try {
    writeAll(2, text);
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
  }
}
