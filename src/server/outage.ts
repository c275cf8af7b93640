import { type EpochSeconds, formatDuration } from "../core/time.ts";
import { isUnavailable } from "./store/unavailable.ts";

/** As long as it goes on, it is told again that often. */
const REMIND_SECONDS = 600;

/** A minute and more: so often at least the server writes, and would fail again. */
const QUIET_SECONDS = 70;

/** Tells of an absent or full database once, and not at every turn of every job. */
export interface Outages {
  /** What went wrong; anything but the database's trouble is told as it is. */
  failed(what: string, cause: unknown): void;
  /** To be called now and then: tells that it is over. */
  look(): void;
}

/** @param tell is told of what goes wrong, and of the end of it. */
export function outages(now: () => EpochSeconds, tell: (what: string, cause: unknown) => void): Outages {
  let outage: { readonly code: string; readonly since: EpochSeconds; toldAt: EpochSeconds; last: EpochSeconds } | null = null;
  return {
    failed(what, cause) {
      if (!isUnavailable(cause)) return tell(what, cause);
      const at = now();
      if (outage?.code !== cause.code) {
        outage = { code: cause.code, since: at, toldAt: at, last: at };
        return tell(what, cause);
      }
      outage.last = at;
      if (at - outage.toldAt < REMIND_SECONDS) return;
      outage.toldAt = at;
      tell("database", `${cause.code} for ${formatDuration(at - outage.since)} now`);
    },
    look() {
      if (outage === null || Math.abs(now() - outage.last) < QUIET_SECONDS) return;
      const { code, since, last } = outage;
      outage = null;
      tell("database", `it does what it is asked again; ${code} lasted ${formatDuration(Math.max(last - since, 1))}`);
    },
  };
}
