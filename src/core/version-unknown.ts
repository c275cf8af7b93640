import { Fault } from "./fault.ts";
import type { FaultCode } from "./fault-codes.ts";

/** What reading a kept file raises that is of another version than this program writes. Nothing says to remove it: a later program reads it. */
export function versionUnknown(code: FaultCode, path: string): Fault {
  return new Fault(
    code,
    `${path} has a form that this version of brevet does not know: a later one wrote it, or it was altered`,
    {
      hints: [`run the version of brevet that wrote it, or bring ${path} back from a copy`],
      details: { reason: "version" },
    },
  );
}
