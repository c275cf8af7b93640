import { type EpochSeconds, formatDuration } from "../../core/time.ts";
import type { Job } from "../maintenance.ts";
import type { Storage } from "../open-storage.ts";
import { clockAhead } from "../store/clock-ahead.ts";

/** Clocks that are set by the network are this close to each other, and an answer of the database takes its time. */
const WARN_SECONDS = 5;

/** An instance that is this far off hands out tokens that others take for ended, or for not begun. */
export const MOST_CLOCK_SECONDS = 60;

/** Tells the log at the start and each minute that this instance's clock is off. */
export function clockJob(storage: Storage, now: () => EpochSeconds, warn: (what: string, cause: unknown) => void): Job {
  return {
    name: "clock",
    everySeconds: 60,
    atStart: true,
    async run() {
      const ahead = await clockAhead(storage, now);
      if (Math.abs(ahead) <= WARN_SECONDS) return;
      const side = ahead > 0 ? "ahead of" : "behind";
      const ready = Math.abs(ahead) > MOST_CLOCK_SECONDS ? ", and this instance is not ready" : "";
      warn("clock", `this machine's clock is ${formatDuration(Math.abs(ahead))} ${side} the database's${ready}`);
    },
  };
}
