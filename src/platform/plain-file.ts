import { constants, openSync, readFileSync } from "node:fs";
import { textOf } from "../core/bytes.ts";
import { Fault } from "../core/fault.ts";
import { posixWord } from "../core/posix-word.ts";
import { type FileFacts, systemCalls } from "./file-calls.ts";
import { systemErrorCode } from "./system-error.ts";

/** An open file, and no pipe, socket or device, which a reader could wait for forever. */
export interface PlainFile {
  readonly facts: FileFacts;
  /** The whole content. @throws {Fault} `FILE_UNSAFE` above {@link MAX_BYTES}; else the system's error, `EISDIR` for a folder */
  read(): Uint8Array;
}

/** Far more than any configuration, certificate or document has: a file of holes may say that it has terabytes. */
export const MAX_BYTES = 16 * 1024 * 1024;

/** @param what the file, as a message names it, or a part of it. */
export function farTooLong(path: string, what = path): Fault {
  return new Fault("FILE_UNSAFE", `${what} is far longer than what belongs there`, {
    hints: [`see what it is: \`ls -lL ${posixWord(path)}\``],
  });
}

/**
 * Opens a file for reading, through links, and hands it to `use`. A pipe, a socket or a device is refused at once: opening a pipe
 * waits for a writer, and a device may never end.
 *
 * @throws {Fault} `FILE_UNSAFE`; `FILE_UNREADABLE` for a link to nothing; else the system's own error, `ENOENT` when there is no
 * such file.
 */
export function withPlainFile<T>(path: string, use: (file: PlainFile) => T): T {
  const descriptor = openThere(path);
  try {
    const facts = systemCalls.factsOf(descriptor);
    if (facts.kind === "other") throw new Fault("FILE_UNSAFE", `${path} is no plain file`);
    return use({ facts, read: () => contentOf(path, descriptor, facts) });
  } finally {
    systemCalls.close(descriptor);
  }
}

/** The text of a plain file. @throws as {@link withPlainFile} */
export function readPlainText(path: string): string {
  return withPlainFile(path, (file) => textOf(file.read()));
}

function openThere(path: string): number {
  try {
    // Windows has no such flag, and no pipes among its files.
    return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    const leadsNowhere = systemErrorCode(cause) === "ENOENT" && systemCalls.factsAt(path)?.kind === "link";
    if (!leadsNowhere) throw cause;
    throw new Fault("FILE_UNREADABLE", `${path} is a link to a file that is not there`, {
      cause,
      hints: [`make the file that it leads to, or remove the link: \`ls -l ${posixWord(path)}\``],
    });
  }
}

/** In one read where the size is known; the files of `/proc` say 0 and hold something. */
function contentOf(path: string, descriptor: number, { sizeBytes }: FileFacts): Uint8Array {
  if (sizeBytes > MAX_BYTES) throw farTooLong(path);
  return sizeBytes === 0 ? readFileSync(descriptor) : systemCalls.read(descriptor, sizeBytes);
}
