import { closeSync, fdatasync, fsyncSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { unavailable } from "../unavailable.ts";

/** Waits until what was committed is on the disk. */
export interface WalFlush {
  /** @throws {Fault} `DATABASE_UNAVAILABLE` or `DATABASE_FULL`, with `committed` in its details: what was committed may or may not last. */
  toDisk(): Promise<void>;
  close(): void;
}

/**
 * Flushes SQLite's write-ahead log beside SQLite. With `synchronous=FULL` SQLite does so itself at each commit, with the thread that
 * serves everybody; here another thread waits. The log is one file for as long as a connection is open, and a flush of it after the commit
 * keeps the same promise: nobody is answered before their frames are on the disk, and recovery takes every whole commit that is there.
 *
 * What others read may be a few milliseconds from lasting. Whatever they write because of it lies behind it in the same log.
 *
 * @param file the database, open and in WAL mode.
 * @see https://www.sqlite.org/wal.html, https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export function walFlush(file: string): WalFlush {
  let log: number | null = null;
  const open = (): number => {
    const descriptor = openSync(`${file}-wal`, "r+");
    // The log may be new: its name has to last as well.
    syncFolder(dirname(file));
    return descriptor;
  };
  return {
    toDisk: () =>
      new Promise((done, failed) => {
        // SQLite makes the log with the first commit.
        log ??= open();
        fdatasync(log, (cause) => {
          if (cause === null) done();
          else failed(unavailable(cause, { message: "the disk does not take what was committed", details: { committed: true } }));
        });
      }),
    close() {
      if (log !== null) closeSync(log);
    },
  };
}

/** Windows has no such call, and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const open = openSync(folder, "r");
  try {
    fsyncSync(open);
  } finally {
    closeSync(open);
  }
}
