import { Fault } from "../../core/fault.ts";
import type { Http } from "../../core/http.ts";
import type { Clock } from "../../core/time.ts";
import type { Environment } from "../../platform/paths.ts";
import { readPlainText } from "../../platform/plain-file.ts";
import { systemErrorCode } from "../../platform/system-error.ts";

/** What an ambient identity sees of the world around the program. */
export interface Surroundings {
  readonly environment: Environment;
  /** The text of a file; null when there is none. @throws {Fault} `FILE_UNREADABLE` */
  readonly readFile: (path: string) => string | null;
  /** Reaches the metadata services of clouds too, which speak plain HTTP on addresses of their own. */
  readonly http: () => Promise<Http>;
  readonly clock: Clock;
}

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
