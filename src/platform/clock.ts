import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Clock, LARGEST_OFFSET_SECONDS } from "../core/time.ts";
import type { Paths } from "./paths.ts";
import { readPlainText } from "./plain-file.ts";
import { randomHex } from "./random.ts";

/** Offsets below this are the jitter of a network, not a wrong clock. */
const NOTEWORTHY_SECONDS = 5;

/**
 * The system clock, corrected by an offset that is kept in the state folder between runs.
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
  return join(stateFolder, "clock-offset");
}

function readOffset(file: string): number {
  // As on most machines; and to find it out by an exception costs more.
  if (!existsSync(file)) return 0;
  try {
    const seconds = Number(readPlainText(file));
    return Number.isSafeInteger(seconds) && Math.abs(seconds) <= LARGEST_OFFSET_SECONDS ? seconds : 0;
  } catch {
    return 0;
  }
}

function writeOffset(file: string, seconds: number): void {
  // The form that is swept from the state folder, should this process die here.
  const temporary = `${file}.${process.pid}-${randomHex(6)}.brevet-tmp`;
  try {
    if (seconds === 0) {
      rmSync(file, { force: true });
    } else {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(temporary, String(seconds), { mode: 0o600 });
      renameSync(temporary, file);
    }
  } catch {
    removeIfPossible(temporary);
  }
}

function removeIfPossible(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Where nothing can be written, nothing was left.
  }
}
