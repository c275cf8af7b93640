import { type EpochSeconds, formatDuration } from "../core/time.ts";
import { isUnavailable } from "./store/unavailable.ts";

/** An outage that goes on is reported again after this time. */
const REMIND_SECONDS = 600;

/** An outage is over after this time without a failure: the server writes at least once a minute, and would have failed again. */
const QUIET_SECONDS = 70;

/** Reports an absent or full database once, and not at every run of every job. */
export interface Outages {
  /** Reports what went wrong. Anything but an absent or full database is reported each time. */
  failed(what: string, cause: unknown): void;
  /** Call this regularly: it reports the end of an outage. */
  look(): void;
}

/** @param tell gets each report. */
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
