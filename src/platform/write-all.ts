import { writeSync } from "node:fs";

/**
 * Writes a text to a file descriptor, all of it, before it returns.
 *
 * `process.stdout` costs several milliseconds to set up and may lose what is still queued when the program ends.
 * A pipe whose reader is slow answers EAGAIN; a reader that is gone (EPIPE) wants no more, which is no error.
 */
export function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text, "utf8");
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code;
      if (code === "EPIPE") return;
      if (code !== "EAGAIN") throw cause;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}
