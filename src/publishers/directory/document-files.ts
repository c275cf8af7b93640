import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { textOf, utf8 } from "../../core/bytes.ts";
import { Fault } from "../../core/fault.ts";
import { readPlainText } from "../../platform/plain-file.ts";
import { type PrivateFiles, privateFiles } from "../../platform/private-files.ts";
import { randomHex } from "../../platform/random.ts";
import { syncFolder } from "../../platform/sync-folder.ts";
import { systemErrorCode } from "../../platform/system-error.ts";
import { withMarker } from "./destination-marker.ts";

/** How documents are kept as files, each replaced as a whole. */
export interface DocumentFiles {
  /** @throws {Fault} `FILE_UNREADABLE`, `FILE_UNSAFE` */
  read(file: string): string | null;
  /** @returns whether this call made it. @throws {Fault} `FILE_UNWRITABLE` */
  create(file: string, body: string): Promise<boolean>;
  /**
   * @param isExpected asked last, just before the file is replaced.
   * @returns whether it was replaced: false if it was not what was expected any more.
   * @throws {Fault} `FILE_UNWRITABLE`
   */
  replace(file: string, body: string, isExpected: () => boolean): Promise<boolean>;
}

/** Files for brevet alone, with the checks that all of its own files get. */
export function ownDocumentFiles(files: PrivateFiles): DocumentFiles {
  return {
    read: (file) => {
      const bytes = files.read(file);
      return bytes === null ? null : textOf(bytes);
    },
    create: async (file, body) => files.create(file, utf8(body), "lasting"),
    replace: async (file, body, isExpected) => {
      if (!isExpected()) return false;
      files.replace(file, utf8(body));
      return true;
    },
  };
}

/** The modes that a web server, which runs as another user, needs; the user's umask has the last word. */
const PUBLIC_FILE = 0o644;
const PUBLIC_FOLDER = 0o755;

/** World-readable files, in folders that may belong to another user. */
export const publicDocumentFiles: DocumentFiles = {
  read(file) {
    try {
      return readPlainText(file);
    } catch (cause) {
      if (cause instanceof Fault) throw cause;
      if (systemErrorCode(cause) === "ENOENT") return null;
      throw new Fault("FILE_UNREADABLE", `${file} cannot be read: ${systemErrorCode(cause)}`, { cause });
    }
  },
  create: (file, body) => throughTemporary(file, body, (temporary) => linkNew(temporary, file)),
  replace: (file, body, isExpected) =>
    throughTemporary(file, body, (temporary, isHeld) => {
      if (!isExpected() || !isHeld()) return false;
      renameSync(temporary, file);
      return true;
    }),
};

type Move = (temporary: string, isHeld: () => boolean) => boolean;

/**
 * A web server never sees half a document, and a crash leaves the old one or the new one. The slow part, until the disk
 * has the content, is over before the marker is taken, so that nobody waits for it.
 */
async function throughTemporary(file: string, body: string, move: Move): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    // The form that `sweep` knows: what a killed process left goes with the next write.
    const temporary = `${file}.${process.pid}-${randomHex(6)}.brevet-tmp`;
    try {
      mkdirSync(dirname(file), { recursive: true, mode: PUBLIC_FOLDER });
      writeFileSync(temporary, body, { mode: PUBLIC_FILE, flag: "wx", flush: true });
      const moved = await withMarker(file, temporary, ({ isHeld }) => move(temporary, isHeld));
      syncFolder(dirname(file));
      sweep(dirname(file));
      return moved ?? false;
    } catch (cause) {
      if (cause instanceof Fault) throw cause;
      // A process in another pid namespace takes ours for dead and may have swept the file away.
      if (systemErrorCode(cause) === "ENOENT" && attempt < 3) continue;
      throw new Fault("FILE_UNWRITABLE", `${file} cannot be written: ${systemErrorCode(cause)}`, { cause });
    } finally {
      discard(temporary);
    }
  }
}

/** A link is refused where a file is, in one step; a rename would replace what another program has just put there. */
function linkNew(temporary: string, file: string): boolean {
  try {
    linkSync(temporary, file);
    return true;
  } catch (cause) {
    if (systemErrorCode(cause) === "EEXIST") return false;
    throw cause;
  }
}

/** The document is already in place: leftovers that cannot be removed now do not fail the publication. */
function sweep(folder: string): void {
  try {
    privateFiles().sweep(folder);
  } catch (cause) {
    if (systemErrorCode(cause) === "") throw cause;
  }
}

/** After a rename it is gone; after a fault the first error is the one to tell. */
function discard(temporary: string): void {
  try {
    rmSync(temporary, { force: true });
  } catch (cause) {
    if (systemErrorCode(cause) === "") throw cause;
  }
}
