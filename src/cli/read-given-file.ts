import { readFileSync } from "node:fs";
import { Fault } from "../core/fault.ts";
import { systemErrorCode } from "../platform/system-error.ts";

/** A file that the person named, or stdin for `-`. @throws {Fault} `FILE_UNREADABLE` */
export function readGivenFile(path: string): string {
  try {
    return readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (cause) {
    throw new Fault("FILE_UNREADABLE", `${path} cannot be read: ${systemErrorCode(cause) || String(cause)}`, { cause });
  }
}
