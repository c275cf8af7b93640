import { dirname, join } from "node:path";
import { type FileCalls, systemCalls } from "./file-calls.ts";
import { notOurMaking, reading, requireOurs, writing } from "./file-faults.ts";
import { isRunning } from "./processes/process-identity.ts";
import { randomHex } from "./random.ts";
import { syncFolder } from "./sync-folder.ts";
import { systemErrorCode } from "./system-error.ts";

/**
 * Files that only their owner may read or change: 0600 in folders of 0700, replaced as a whole, never through a link.
 *
 * A crash leaves the old file or the new one. What it may leave beside them is a temporary file, named after the
 * process that made it; the next write in that folder removes those of dead processes.
 */
export interface PrivateFiles {
  /**
   * The content; null when there is no such file.
   *
   * @throws {Fault} `FILE_UNSAFE` for a link, a file or folder of another user, one that others can read or change, and one
   * longer than 1 MiB; `FILE_UNREADABLE`.
   */
  read(path: string): Uint8Array | null;
  /**
   * Makes the file, or replaces it at once and for good.
   *
   * @param life default `lasting`; a `passing` one may be damaged by a power cut, and costs no wait for the disk.
   * @throws {Fault} `FILE_UNWRITABLE`, `FILE_UNSAFE`
   */
  replace(path: string, bytes: Uint8Array, life?: FileLife): void;
  /**
   * Makes the file with all of its content at once, unless one is there: of several processes, one succeeds.
   *
   * @param life a `passing` file (a lock) need not survive a power cut, and costs no wait for the disk.
   * @returns whether this call made it.
   * @throws {Fault} `FILE_UNWRITABLE`, `FILE_UNSAFE`
   */
  create(path: string, bytes: Uint8Array, life: FileLife): boolean;
  /** @returns whether there was such a file. @throws {Fault} `FILE_UNWRITABLE` */
  remove(path: string): boolean;
  /** The names in a folder, sorted; none when there is no such folder. Temporary files are left out. */
  list(folder: string): readonly string[];
  /** Refuses a file that is there and not as this module would have made it. @throws {Fault} `FILE_UNSAFE` */
  requireOurs(path: string): void;
  /** Makes a folder and those above it, 0700. @throws {Fault} `FILE_UNWRITABLE`, `FILE_UNSAFE` */
  ensureFolder(folder: string): void;
  /** Removes what writers that died left in a folder. {@link replace} does it by itself. */
  sweep(folder: string): void;
}

/** Whether a file must be there after a power cut. */
export type FileLife = "lasting" | "passing";

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;
const MAX_BYTES = 1024 * 1024;
const TEMPORARY = /\.(\d+)-[0-9a-f]{12}\.brevet-tmp$/;
/** A temporary file lives for milliseconds; this old, it is abandoned even if a process has that number again. */
const ABANDONED_AFTER_MS = 3_600_000;

/** @param calls the system, unless a test stops it between two calls. */
export function privateFiles(calls: FileCalls = systemCalls): PrivateFiles {
  return {
    read: (path) => read(calls, path),
    replace: (path, bytes, life = "lasting") => {
      const folder = dirname(path);
      ensureFolder(calls, folder);
      writing(path, () => {
        refuseSpecial(calls, path);
        publish(calls, { path, bytes, life }, (temporary) => calls.rename(temporary, path));
        if (life === "lasting") syncFolder(folder, calls);
      });
      sweep(calls, folder);
    },
    create: (path, bytes, life) => {
      ensureFolder(calls, dirname(path));
      return writing(path, () => createExclusively(calls, { path, bytes, life }));
    },
    remove: (path) => writing(path, () => remove(calls, path)),
    list: (folder) =>
      reading(folder, () => absentIs<readonly string[]>([], () => calls.list(folder)))
        .filter((name) => !TEMPORARY.test(name))
        .sort(),
    requireOurs: (path) => void reading(path, () => isOurs(calls, path, "file")),
    ensureFolder: (folder) => ensureFolder(calls, folder),
    sweep: (folder) => sweep(calls, folder),
  };
}

/** To root, renaming over `/dev/null` is allowed: nobody means that. */
function refuseSpecial(calls: FileCalls, path: string): void {
  if (calls.factsAt(path)?.kind === "other") throw notOurMaking(path, "a special file where a file belongs");
}

function remove(calls: FileCalls, path: string): boolean {
  return absentIs(false, () => {
    calls.unlink(path);
    return true;
  });
}

function read(calls: FileCalls, path: string): Uint8Array | null {
  return reading(path, () =>
    absentIs(null, () => {
      if (!isOurs(calls, dirname(path), "folder")) return null;
      if (process.platform === "win32" && !isOurs(calls, path, "file")) return null;
      const fd = calls.openForReading(path);
      try {
        const facts = calls.factsOf(fd);
        requireOurs(path, facts, "file");
        if (facts.sizeBytes > MAX_BYTES) throw notOurMaking(path, "far longer than brevet would make it");
        return calls.read(fd, facts.sizeBytes);
      } finally {
        calls.close(fd);
      }
    }),
  );
}

function ensureFolder(calls: FileCalls, folder: string): void {
  writing(folder, () => {
    if (isOurs(calls, folder, "folder")) return;
    makeFolders(calls, folder);
    isOurs(calls, folder, "folder");
  });
}

/** Whether it is there. @throws {Fault} `FILE_UNSAFE` if it is, and not as it must be. */
function isOurs(calls: FileCalls, path: string, kind: "file" | "folder"): boolean {
  const facts = calls.factsAt(path);
  if (facts !== null) requireOurs(path, facts, kind);
  return facts !== null;
}

function makeFolders(calls: FileCalls, folder: string): void {
  try {
    makeFolder(calls, folder);
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT" || dirname(folder) === folder) throw error;
    makeFolders(calls, dirname(folder));
    // Once: a parent that is a link to nothing is there, and answers ENOENT for ever.
    makeFolder(calls, folder);
  }
}

/** One that is there already serves. */
function makeFolder(calls: FileCalls, folder: string): void {
  try {
    calls.makeFolder(folder, PRIVATE_FOLDER);
  } catch (error) {
    if (systemErrorCode(error) !== "EEXIST") throw error;
  }
}

interface Draft {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly life: FileLife;
}

/** Writes a temporary file, hands its name to `move`, and leaves no temporary file if anything fails. */
function publish<T>(calls: FileCalls, draft: Draft, move: (temporary: string) => T): T {
  for (let attempt = 1; ; attempt++) {
    const temporary = `${draft.path}.${process.pid}-${randomHex(6)}.brevet-tmp`;
    try {
      writeNew(calls, { ...draft, path: temporary });
      return move(temporary);
    } catch (error) {
      discard(calls, temporary);
      // A process in another pid namespace takes ours for dead and may have swept the file away.
      if (systemErrorCode(error) !== "ENOENT" || attempt === 3) throw error;
    }
  }
}

function writeNew(calls: FileCalls, { path, bytes, life }: Draft): void {
  const fd = calls.openNew(path, PRIVATE_FILE);
  try {
    calls.write(fd, bytes);
    if (life === "lasting") calls.sync(fd);
  } finally {
    calls.close(fd);
  }
}

/** A link appears with the whole content behind it, and fails when the name is taken: `O_EXCL` alone gives an empty file first. */
function createExclusively(calls: FileCalls, draft: Draft): boolean {
  return publish(calls, draft, (temporary) => {
    try {
      calls.link(temporary, draft.path);
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === "EEXIST") return false;
      if (!NO_HARD_LINKS.includes(code)) throw error;
      return createInPlace(calls, draft);
    } finally {
      discard(calls, temporary);
    }
    if (draft.life === "lasting") syncFolder(dirname(draft.path), calls);
    return true;
  });
}

/** What file systems without hard links answer (exFAT, some network and phone file systems); EISDIR: Windows' "incorrect function". */
const NO_HARD_LINKS: readonly string[] = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EISDIR"];

function createInPlace(calls: FileCalls, draft: Draft): boolean {
  try {
    writeNew(calls, draft);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Best effort: what cannot be removed now is swept later, and must not hide the error that led here. */
function discard(calls: FileCalls, temporary: string): void {
  try {
    calls.unlink(temporary);
  } catch (error) {
    if (systemErrorCode(error) === "") throw error;
  }
}

/** Best effort, as {@link discard}: the write that it follows has succeeded. */
function sweep(calls: FileCalls, folder: string): void {
  const abandoned = (name: string): boolean => {
    const pid = TEMPORARY.exec(name)?.[1];
    if (pid === undefined) return false;
    if (!isRunning(Number(pid))) return true;
    const facts = calls.factsAt(join(folder, name));
    return facts !== null && Date.now() - facts.modifiedAtMs > ABANDONED_AFTER_MS;
  };
  try {
    for (const name of calls.list(folder)) if (abandoned(name)) discard(calls, join(folder, name));
  } catch (error) {
    if (systemErrorCode(error) === "") throw error;
  }
}

function absentIs<T>(value: T, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return value;
    throw error;
  }
}
