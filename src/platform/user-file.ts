import { accessSync, chmodSync, constants, existsSync, realpathSync, rmdirSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { sameBytes, textOf, utf8 } from "../core/bytes.ts";
import { Fault } from "../core/fault.ts";
import { systemCalls } from "./file-calls.ts";
import { requireOurs, writing } from "./file-faults.ts";
import { withPlainFile } from "./plain-file.ts";
import type { PrivateFiles } from "./private-files.ts";
import { systemErrorCode } from "./system-error.ts";

/**
 * A file of the user's that other programs read too. It may be a link into a repository of dot files, and others may be allowed
 * to read it: both stay so. Its replacement is written next to it and moved into its place.
 */
export interface UserFile {
  readonly text: string;
  /** Where the file really is. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
}

/**
 * The file as it is; null when there is none. @throws {Fault} `FILE_UNREADABLE`; `FILE_UNSAFE` for a special file, and one that
 * is not UTF-8.
 */
export function readUserFile(file: string): UserFile | null {
  try {
    return withPlainFile(file, ({ facts, read }) => {
      const bytes = read();
      const text = textOf(bytes);
      // Written back, bytes of another encoding would be lost.
      if (!sameBytes(utf8(text), bytes)) throw new Fault("FILE_UNSAFE", `${file} is not UTF-8, so it is not edited`);
      return { text, path: realpathSync(file), mode: facts.mode };
    });
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    const code = systemErrorCode(cause);
    if (code === "ENOENT") return null;
    throw new Fault("FILE_UNREADABLE", `${file} cannot be read (${code || String(cause)})`, { cause });
  }
}

/** Replaces the file at once, or makes it, 0600. @throws {Fault} `FILE_UNWRITABLE`, `FILE_UNSAFE` */
export function replaceUserFile(files: PrivateFiles, file: string, present: UserFile | null, text: string): void {
  const path = present?.path ?? file;
  files.replace(path, utf8(text));
  if (present !== null) setMode(path, present.mode);
}

/** The longest suffix of a file of brevet's, its copy or its temporary file. */
const ROOM_BYTES = 65_536;

/** Asks, without changing anything, whether a file can be written there: by permission, and because there is room. @throws {Fault} `FILE_UNWRITABLE` */
function requireWritable(file: string): void {
  const folder = firstThere(dirname(file));
  writing(file, () => requireRoom(folder), folder);
}

/** The same of a folder, that is there or would be made. @throws {Fault} `FILE_UNWRITABLE` */
export function requireWritableFolder(folder: string): void {
  const there = firstThere(folder);
  writing(folder, () => requireRoom(there), there);
}

function requireRoom(folder: string): void {
  if (!statSync(folder).isDirectory()) throw Object.assign(new Error("not a directory"), { code: "ENOTDIR" });
  accessSync(folder, constants.W_OK);
  const { blocks, bavail, bfree, bsize } = statfsSync(folder);
  const free = (process.getuid?.() === 0 ? bfree : bavail) * bsize;
  // A file system that counts no blocks says nothing of its room.
  if (blocks > 0 && free < ROOM_BYTES) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
}

/**
 * Asks, without changing anything, whether {@link replaceUserFile} could write there: in a folder of this user that nobody
 * else can write to. In another one, whoever can would decide what AWS's tools run.
 *
 * @throws {Fault} `FILE_UNWRITABLE`, `FILE_UNSAFE`
 */
export function requireReplaceable(file: string): void {
  const folder = dirname(file);
  const facts = systemCalls.factsAt(folder);
  if (facts !== null) requireOurs(folder, facts, "folder");
  requireWritable(file);
}

/** The folder itself, or the one above it in which it would be made. */
function firstThere(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : firstThere(dirname(folder));
}

/** Gives a file the permissions that another had. */
export function setMode(path: string, mode: number): void {
  if (process.platform !== "win32" && (statSync(path).mode & 0o777) !== mode) chmodSync(path, mode);
}

/** Removes a folder that we made, unless something is in it. */
export function removeEmptyFolder(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (cause) {
    if (!["ENOTEMPTY", "EEXIST", "ENOENT", "EBUSY"].includes(systemErrorCode(cause))) throw cause;
  }
}

/** Whether the folder of a file is there already. */
export function hasFolder(file: string): boolean {
  return existsSync(dirname(file));
}
