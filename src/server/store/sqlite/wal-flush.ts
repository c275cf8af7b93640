import { closeSync, fdatasync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { Fault } from "../../../core/fault.ts";
import { syncFolder } from "../../../platform/sync-folder.ts";

/** Waits until what was committed is on the disk. */
export interface WalFlush {
  /** Of the flush that failed; null while none has. Once one has, nothing may be written, and the log not moved into the file. */
  failure(): Fault | null;
  /** @throws {Fault} `DATABASE_UNAVAILABLE`, with `committed` in its details: what was committed may or may not last. */
  toDisk(): Promise<void>;
  close(): void;
}

/**
 * Flushes SQLite's write-ahead log in SQLite's place. With `synchronous=FULL` SQLite does so itself at each commit, with the
 * thread that serves everybody; here another thread waits. The log is one file for as long as a connection is open, and a flush
 * of it after the commit keeps the same promise: nobody is answered before their frames are on the disk, and recovery takes every
 * whole commit that is there.
 *
 * Others may read what is not on the disk for a few milliseconds more; what they write because of it follows in the same log.
 *
 * A system that could not write a page tells so once, and forgets the page: a later flush would succeed over a hole at which recovery
 * ends. So nothing lasts after a flush that failed, until the server is started again and SQLite has read its log. Nothing may be written
 * either: whoever was refused would find it done after the restart, and a refresh token that nobody got would have replaced theirs. Nor
 * may the log be moved into the database's file: that looks at no checksum, and the page that was forgotten may be anything by then.
 *
 * A file that was removed, or replaced, takes writes like any other and ends with this process: SQLite looks for that with a rollback
 * journal only.
 *
 * @param file the database, open and in WAL mode.
 * @see https://www.sqlite.org/wal.html, https://www.sqlite.org/pragma.html#pragma_synchronous, https://wiki.postgresql.org/wiki/Fsync_Errors
 */
export function walFlush(file: string, flush: (descriptor: number) => Promise<void> = promisify(fdatasync)): WalFlush {
  const paths = [file, `${file}-wal`];
  const inodes = (): string => paths.map((path) => statSync(path, { throwIfNoEntry: false })?.ino).join();
  let log: number | null = null;
  let ours = "";
  let failure: Fault | null = null;
  const open = (): number => {
    const descriptor = openSync(`${file}-wal`, "r+");
    ours = inodes();
    // The log may be new: its name has to last as well.
    syncFolder(dirname(file));
    return descriptor;
  };
  return {
    failure: () => failure,
    async toDisk() {
      if (failure !== null) throw failure;
      try {
        // SQLite makes the log with the first commit.
        log ??= open();
        await flush(log);
      } catch (cause) {
        failure = unwritten(cause);
        throw failure;
      }
      if (inodes() !== ours) throw removed();
    },
    close() {
      if (log !== null) closeSync(log);
    },
  };
}

const COMMITTED = { committed: true };

function unwritten(cause: unknown): Fault {
  return new Fault("DATABASE_UNAVAILABLE", "the disk of the server's database did not take what was committed", {
    cause,
    details: COMMITTED,
    hints: ["look at the disk, and start the server again: nothing is kept until then"],
  });
}

function removed(): Fault {
  return new Fault("DATABASE_UNAVAILABLE", "the file of the server's database was removed or replaced while the server runs", {
    details: COMMITTED,
    hints: ["stop the server, put the database back (from a backup: `brevet serve restore`), and start it"],
  });
}
