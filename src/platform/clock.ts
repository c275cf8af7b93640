import { utf8 } from "../core/bytes.ts";
import { Fault } from "../core/fault.ts";
import { type Clock, LARGEST_OFFSET_SECONDS } from "../core/time.ts";
import { systemCalls } from "./file-calls.ts";
import { below, type Paths } from "./paths.ts";
import { readPlainText } from "./plain-file.ts";
import { privateFiles } from "./private-files.ts";

/** Offsets below this are the jitter of a network, not a wrong clock. */
const NOTEWORTHY_SECONDS = 5;

/**
 * The system clock, corrected by an offset that is kept in the state folder between runs. One offset does for all clouds, because it is
 * learnt only from those whose clocks are right.
 *
 * An offset that cannot be read or written costs one refused exchange and nothing else, so neither is an error.
 */
export function systemClock(paths: Pick<Paths, "stateFolder">): Clock {
  let offset: number | null = null;
  const read = (): number => {
    offset ??= readOffset(offsetFile(paths));
    return offset;
  };
  return {
    now: () => Math.floor(Date.now() / 1000) + read(),
    get offsetSeconds() {
      return read();
    },
    learn(offsetSeconds) {
      offset = Math.abs(offsetSeconds) < NOTEWORTHY_SECONDS ? 0 : Math.round(offsetSeconds);
      writeOffset(offsetFile(paths), offset);
    },
  };
}

function offsetFile({ stateFolder }: Pick<Paths, "stateFolder">): string {
  return below(stateFolder, "clock-offset");
}

function readOffset(file: string): number {
  try {
    // Most machines have no such file, and an exception would cost more than this look.
    if (systemCalls.factsAt(file) === null) return 0;
    const seconds = Number(readPlainText(file));
    return Number.isSafeInteger(seconds) && Math.abs(seconds) <= LARGEST_OFFSET_SECONDS ? seconds : 0;
  } catch {
    return 0;
  }
}

function writeOffset(file: string, seconds: number): void {
  const files = privateFiles();
  try {
    if (seconds === 0) files.remove(file);
    else files.replace(file, utf8(String(seconds)), "passing");
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
  }
}
