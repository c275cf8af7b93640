import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from "node:fs";
import { textOf } from "../core/bytes.ts";
import { Fault } from "../core/fault.ts";
import { systemCalls } from "./file-calls.ts";

/** An open file that is none of what reading would wait for. */
export interface PlainFile {
  readonly facts: Stats;
  /** The whole content. @throws the system's error, `EISDIR` for a folder */
  read(): Uint8Array;
}

/**
 * Opens a file for reading, through links, and hands it to `use`. A pipe, a socket or a device is refused at once: to open a
 * pipe waits for somebody who writes to it, and a device may never end.
 *
 * @throws {Fault} `FILE_UNSAFE`; else the system's own error, `ENOENT` when there is no such file.
 */
export function withPlainFile<T>(path: string, use: (file: PlainFile) => T): T {
  // Windows has no such flag, and no pipes among its files.
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const facts = fstatSync(descriptor);
    if (!facts.isFile() && !facts.isDirectory()) throw new Fault("FILE_UNSAFE", `${path} is no plain file`);
    return use({ facts, read: () => contentOf(descriptor, facts) });
  } finally {
    closeSync(descriptor);
  }
}

/** The text of a plain file. @throws as {@link withPlainFile} */
export function readPlainText(path: string): string {
  return withPlainFile(path, (file) => textOf(file.read()));
}

/** In one read where the size is known; the files of `/proc` say 0 and hold something. */
function contentOf(descriptor: number, { size }: Stats): Uint8Array {
  return size === 0 ? readFileSync(descriptor) : systemCalls.read(descriptor, size);
}
