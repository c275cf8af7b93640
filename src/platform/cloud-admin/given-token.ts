import { readFileSync } from "node:fs";
import { Fault } from "../../core/fault.ts";
import type { Environment } from "../paths.ts";
import { systemErrorCode } from "../system-error.ts";

/**
 * An administrator's token that was handed over: by the file descriptor whose number is in `VARIABLE_FD`, else in `VARIABLE`
 * itself.
 *
 * @returns an empty text where none was given.
 * @throws {Fault} `FILE_UNREADABLE` for a descriptor that is not open.
 */
export function givenToken(environment: Environment, variable: string): string {
  const descriptor = environment[`${variable}_FD`];
  if (!descriptor) return environment[variable]?.trim() ?? "";
  try {
    if (!/^\d{1,5}$/.test(descriptor)) throw new TypeError("it is not a number");
    return readFileSync(Number(descriptor), "utf8").trim();
  } catch (cause) {
    const reason = systemErrorCode(cause) || String(cause);
    throw new Fault("FILE_UNREADABLE", `${variable}_FD=${descriptor}: no token can be read there: ${reason}`, { cause });
  }
}
