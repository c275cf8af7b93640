import { createHash } from "node:crypto";
import { Fault } from "../../core/fault.ts";

/** What something is at this moment, in a few characters: another one as soon as anything in it is another. */
export function versionOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 22);
}

/** Told to whoever changes what is no longer as they saw it. @param what as in `the rules`. */
export function staleVersion(what: string): Fault {
  return new Fault("VERSION_STALE", `somebody else has changed ${what} meanwhile`, {
    hints: ["look at what is there now, and repeat the change"],
  });
}
