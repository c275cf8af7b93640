import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeSync,
} from "node:fs";
import { systemErrorCode } from "./system-error.ts";
import { blockFor } from "./write-all.ts";

/** What a file is, as the system says: the part of `stat` that the checks need. */
export interface FileFacts {
  readonly kind: "file" | "folder" | "link" | "other";
  /** Permission bits, `0o600`. */
  readonly mode: number;
  readonly ownerId: number;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  /** Device and inode: another file has another value. */
  readonly id: string;
}

/**
 * The system calls that writing a file takes, one function each.
 *
 * They are an object so that a test can stop a process before or after any of them; nothing else implements this.
 * Each throws Node's error with its `code`. They block: at start-up there is nothing else to do meanwhile.
 */
export interface FileCalls {
  openForReading(path: string): number;
  /** Creates the file; fails with `EEXIST` when anything has that name, a dangling link too. */
  openNew(path: string, mode: number): number;
  /** A folder, so that {@link sync} can make a rename in it last. */
  openFolder(path: string): number;
  /** At most `maxBytes` bytes, from the start. */
  read(fd: number, maxBytes: number): Uint8Array;
  write(fd: number, bytes: Uint8Array): void;
  sync(fd: number): void;
  close(fd: number): void;
  factsOf(fd: number): FileFacts;
  /** Null when nothing is there: an exception and its trace would cost a cached call a tenth of its time. */
  factsAt(path: string): FileFacts | null;
  rename(from: string, to: string): void;
  link(from: string, to: string): void;
  unlink(path: string): void;
  makeFolder(path: string, mode: number): void;
  list(folder: string): readonly string[];
}

// Windows has neither flag; there the check of the path before opening has to do.
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const NON_BLOCKING = constants.O_NONBLOCK ?? 0;

const plainCalls: FileCalls = {
  // Without O_NONBLOCK a pipe planted under the name would hang the open.
  openForReading: (path) => openSync(path, constants.O_RDONLY | NO_FOLLOW | NON_BLOCKING),
  openNew: (path, mode) => {
    const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW, mode);
    // Whatever the umask takes away, from ourselves too: what could not be opened again would lock the next process out.
    fchmodSync(fd, mode);
    return fd;
  },
  openFolder: (path) => openSync(path, constants.O_RDONLY),
  read: readAtMost,
  write: (fd, bytes) => {
    let written = 0;
    while (written < bytes.length) written += writeSync(fd, bytes, written);
  },
  sync: fsyncSync,
  close: closeSync,
  factsOf: (fd) => facts(fstatSync(fd)),
  factsAt: (path) => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats === undefined ? null : facts(stats);
  },
  rename: renameSync,
  link: linkSync,
  unlink: unlinkSync,
  makeFolder: (path, mode) => {
    mkdirSync(path, { mode });
    // Only where the umask took permissions away: in a folder that others can write to, another file may be there by now.
    if ((lstatSync(path).mode & mode) !== mode) chmodSync(path, mode);
  },
  list: (folder) => readdirSync(folder),
};

/** The system itself. */
export const systemCalls: FileCalls = process.platform === "win32" ? patientCalls(plainCalls) : plainCalls;

/** What Windows answers while another program has the file open, or it is about to be gone; and where it will never be allowed. */
const IN_USE: readonly string[] = ["EPERM", "EACCES", "EBUSY"];
/** Half a second in all: enough for brevet's own readers and for virus scanners to close the file. */
const WAITS_MS: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/**
 * The calls of a Windows that lets nobody replace, remove or open a file while another program reads it: each is tried again for a
 * moment. POSIX has no such refusals.
 */
export function patientCalls(calls: FileCalls): FileCalls {
  return {
    ...calls,
    openForReading: patient(calls.openForReading),
    openNew: patient(calls.openNew),
    rename: patient(calls.rename),
    link: patient(calls.link),
    unlink: patient(calls.unlink),
  };
}

function patient<Given extends readonly unknown[], T>(call: (...given: Given) => T): (...given: Given) => T {
  return (...given) => {
    for (const waitMs of WAITS_MS) {
      try {
        return call(...given);
      } catch (error) {
        if (!IN_USE.includes(systemErrorCode(error))) throw error;
        blockFor(waitMs);
      }
    }
    return call(...given);
  };
}

function readAtMost(fd: number, maxBytes: number): Uint8Array {
  const buffer = new Uint8Array(maxBytes);
  let length = 0;
  while (length < maxBytes) {
    const count = readSync(fd, buffer, length, maxBytes - length, length);
    if (count === 0) break;
    length += count;
  }
  return buffer.subarray(0, length);
}

const KINDS: Readonly<Record<number, FileFacts["kind"]>> = {
  [constants.S_IFREG]: "file",
  [constants.S_IFDIR]: "folder",
  [constants.S_IFLNK]: "link",
};

function facts(stats: Stats): FileFacts {
  return {
    kind: KINDS[stats.mode & constants.S_IFMT] ?? "other",
    mode: stats.mode & 0o777,
    ownerId: stats.uid,
    sizeBytes: stats.size,
    modifiedAtMs: stats.mtimeMs,
    id: `${stats.dev}:${stats.ino}`,
  };
}
