import { Fault } from "../../core/fault.ts";
import { readPlainText } from "../../platform/plain-file.ts";
import { systemErrorCode } from "../../platform/system-error.ts";

/** The text of a file that says who runs this program; null when there is none. @throws {Fault} `FILE_UNREADABLE`, `FILE_UNSAFE` */
export function readSurroundingFile(path: string): string | null {
  try {
    return readPlainText(path);
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (cause instanceof Fault) throw cause;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw new Fault("FILE_UNREADABLE", `${path} cannot be read (${code || String(cause)})`, { cause });
  }
}
