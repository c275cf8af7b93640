import { type FileCalls, systemCalls } from "./file-calls.ts";
import { systemErrorCode } from "./system-error.ts";

/** Without this a power cut may undo that a file came into the folder or left it. Windows has no such call, and needs none. */
export function syncFolder(folder: string, calls: Pick<FileCalls, "openFolder" | "sync" | "close"> = systemCalls): void {
  if (process.platform === "win32") return;
  const descriptor = calls.openFolder(folder);
  try {
    calls.sync(descriptor);
  } catch (error) {
    // Some file systems cannot.
    if (!["EINVAL", "ENOTSUP", "EBADF"].includes(systemErrorCode(error))) throw error;
  } finally {
    calls.close(descriptor);
  }
}
