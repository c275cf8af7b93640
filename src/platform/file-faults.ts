import { dirname } from "node:path";
import { Fault } from "../core/fault.ts";
import { posixWord } from "../core/posix-word.ts";
import type { FileFacts } from "./file-calls.ts";
import { systemErrorCode } from "./system-error.ts";

/**
 * Refuses what is not a plain file or folder of this user that no one else can change (and, for a file, read).
 *
 * A link could lead anywhere, and whoever owns a file or may write to it decides what brevet reads. Windows itself protects a
 * user's profile from others, and has no owners or modes that Node could show.
 *
 * @throws {Fault} `FILE_UNSAFE`
 */
export function requireOurs(path: string, facts: FileFacts, kind: "file" | "folder"): void {
  if (facts.kind !== kind) throw outOfPlace(path, facts.kind, kind);
  const ourId = process.getuid?.();
  if (ourId === undefined) return;
  if (facts.ownerId !== ourId) {
    const owner = `#${facts.ownerId}`;
    throw new Fault("FILE_UNSAFE", `${path} belongs to user ${facts.ownerId}, and brevet runs as user ${ourId}`, {
      // What root owns here was mostly made by a `sudo` too many. What another user owns is at work: a login server's data, for one.
      hints: [
        facts.ownerId === 0
          ? `\`sudo chown ${ourId} ${posixWord(path)}\` if you know why it does`
          : `run it as that user: \`sudo -u ${posixWord(owner)} brevet …\``,
      ],
    });
  }
  const forbidden = kind === "file" ? 0o077 : 0o022;
  if ((facts.mode & forbidden) !== 0) {
    const wanted = kind === "file" ? "600" : "700";
    throw new Fault("FILE_UNSAFE", `${path} is open to other users (mode ${facts.mode.toString(8).padStart(4, "0")})`, {
      hints: [`\`chmod ${wanted} ${posixWord(path)}\``],
    });
  }
}

/** What brevet would not have made. It is moved aside and not removed: whoever put it there may want it. */
export function notOurMaking(path: string, what: string, cause?: unknown): Fault {
  return new Fault("FILE_UNSAFE", `${path} is ${what}`, {
    hints: [`move it aside: \`mv ${posixWord(path)} ${posixWord(`${path}.aside`)}\``],
    cause,
  });
}

function outOfPlace(path: string, found: FileFacts["kind"], wanted: "file" | "folder", cause?: unknown): Fault {
  return notOurMaking(path, `a ${found === "other" ? "special file" : found} where a ${wanted} belongs`, cause);
}

/**
 * Runs system calls that read; translates what they throw.
 *
 * @param what the file, as a message names it.
 * @throws {Fault} `FILE_UNREADABLE`, `FILE_UNSAFE` for a link
 */
export function reading<T>(path: string, call: () => T, what = path): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof Fault) throw error.told({ message: error.message.replace(path, () => what) });
    // O_NOFOLLOW at a link: ELOOP on Linux and macOS, EMLINK on FreeBSD.
    if (["ELOOP", "EMLINK"].includes(systemErrorCode(error))) {
      throw outOfPlace(path, "link", "file", error);
    }
    const code = systemErrorCode(error);
    throw new Fault("FILE_UNREADABLE", `${what} cannot be read: ${READ_ERRORS[code] ?? (code || String(error))}`, {
      cause: error,
      hints: hintsOf(READ_HINTS[code], dirname(path), path),
    });
  }
}

/**
 * Runs system calls that write; translates what they throw.
 *
 * @param folder that hints speak of.
 * @throws {Fault} `FILE_UNWRITABLE` with the system's code in `details.reason`
 */
export function writing<T>(path: string, call: () => T, folder = dirname(path)): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof Fault) throw error;
    const code = systemErrorCode(error);
    if (code === "EISDIR") throw outOfPlace(path, "folder", "file", error);
    throw new Fault("FILE_UNWRITABLE", `${path} cannot be written: ${WRITE_ERRORS[code] ?? (code || String(error))}`, {
      cause: error,
      hints: hintsOf(WRITE_HINTS[code], folder, path),
      details: { reason: code },
    });
  }
}

function hintsOf(hints: readonly string[] = [], folder: string, path: string): readonly string[] {
  return hints.map((hint) => hint.replace(/FOLDER|FILE/g, (word) => posixWord(word === "FILE" ? path : folder)));
}

const READ_ERRORS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EBUSY: "another program has it open",
  EISDIR: "it is a folder",
  ENOENT: "there is no such file",
  ENOTDIR: "a file is where a folder belongs",
};

/** What to type, about the file and its folder. */
const READ_HINTS: Readonly<Record<string, readonly string[]>> = {
  EACCES: ["see whose it is: `ls -ld FOLDER FILE`"],
  EISDIR: ["see what is in it: `ls -l FILE`"],
  ENOENT: ["see what is there: `ls -l FOLDER`"],
};

const WRITE_HINTS: Readonly<Record<string, readonly string[]>> = {
  EFBIG: ["allow more: `ulimit -f unlimited`"],
  ENOSPC: ["make room and run it again: `df -h FOLDER`, `df -i FOLDER`"],
  EDQUOT: ["make room and run it again: `quota -s`"],
  EROFS: ["brevet's folders may be elsewhere: `XDG_CONFIG_HOME`, `XDG_STATE_HOME` and `XDG_CACHE_HOME` say where"],
  EACCES: ["see whose it is: `ls -ld FOLDER`"],
  EPERM: ["see whose it is, and whether it is locked: `ls -ld FOLDER`, `lsattr -d FOLDER`"],
  ENOENT: ["see what is there: `ls -ld FOLDER`"],
  ENOTDIR: ["see what is there: `ls -ld FOLDER`"],
};

const WRITE_ERRORS: Readonly<Record<string, string>> = {
  EFBIG: "it would be larger than this process may make a file",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EBUSY: "another program has it open",
  ENOENT: "a folder above it cannot be made, or is a link to nothing",
  ENOTDIR: "a file is where a folder belongs",
};
