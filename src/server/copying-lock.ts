import { withFileLock } from "../platform/lock.ts";
import { privateFiles } from "../platform/private-files.ts";

/** A copy of a large database takes as long as the disk needs for it. */
const PATIENCE_SECONDS = 60;

/**
 * Runs `work` while nobody else backs up or restores the server of this data folder: they write below names that they share.
 *
 * @param folders the data folder; then one where the lock is if that one is full.
 * @throws {Fault} `LOCK_TIMEOUT`; `FILE_UNWRITABLE`, `FILE_UNSAFE` for a folder.
 */
export function withCopyingLock<T>(folders: readonly string[], purpose: string, work: () => Promise<T>): Promise<T> {
  const request = {
    folders: folders.map((folder) => () => folder),
    name: "copying.lock",
    purpose,
    patienceSeconds: PATIENCE_SECONDS,
  };
  return withFileLock(privateFiles(), request, work);
}
