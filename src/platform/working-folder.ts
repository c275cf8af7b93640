import { Fault } from "../core/fault.ts";

/** The folder in which the program runs. @throws {Fault} `FILE_UNREADABLE` when it was removed meanwhile. */
export function workingFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new Fault("FILE_UNREADABLE", "the folder in which this runs is gone", { cause, hints: ["`cd` to one that is there"] });
  }
}
