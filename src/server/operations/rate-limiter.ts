import type { EpochSeconds } from "../../core/time.ts";
import { integer, type Reader } from "../store/database.ts";
import type { Unit } from "../store/unit.ts";

/**
 * Counts requests by name (an address, a person) in periods of a minute, for all instances together.
 *
 * An instance counts in memory and shares its counts every second, so that no request waits for the database to be counted. What
 * is over the limit can be so for a second more.
 */
export interface RateLimiter {
  /** Counts one. @returns whether it is within `perMinute`. */
  take(name: string, perMinute: number): boolean;
  /** Seconds until the next period. */
  retryAfterSeconds(): number;
  /** Adds what was counted here to what all have counted, and reads that back. */
  share(reader: Reader, openUnit: () => Unit): Promise<void>;
}

const PERIOD_SECONDS = 60;

/**
 * Names that one instance remembers: beyond, a flood of addresses would be a flood of memory. Then the oldest are forgotten, and
 * begin again: a flood must not have everybody else refused.
 */
const MOST_NAMES = 100_000;

/** Rows of one round. */
const SHARED_AT_ONCE = 500;

interface Count {
  /** What all instances had counted when it was last shared. */
  all: number;
  /** What was counted here since. */
  here: number;
}

export function rateLimiter(now: () => EpochSeconds): RateLimiter {
  let period = 0;
  let counts = new Map<string, Count>();
  const current = (): Map<string, Count> => {
    const started = now() - (now() % PERIOD_SECONDS);
    if (started !== period) [period, counts] = [started, new Map()];
    return counts;
  };
  return {
    retryAfterSeconds: () => PERIOD_SECONDS - (now() % PERIOD_SECONDS),
    take(name, perMinute) {
      const known = current();
      const count = known.get(name) ?? { all: 0, here: 0 };
      if (count.here === 0 && !known.has(name)) {
        if (known.size >= MOST_NAMES) forgetFirst(known);
        known.set(name, count);
      }
      count.here += 1;
      return count.all + count.here <= perMinute;
    },
    async share(reader, openUnit) {
      const known = current();
      const at = period;
      const changed = [...known].filter(([, count]) => count.here > 0).slice(0, SHARED_AT_ONCE);
      if (changed.length === 0) return;
      const unit = openUnit();
      for (const [name, count] of changed) {
        unit.write(
          "INSERT INTO rate (name, period, count) VALUES (?, ?, ?) ON CONFLICT (name, period) DO UPDATE SET count = rate.count + excluded.count",
          [name, at, count.here],
        );
        count.all += count.here;
        count.here = 0;
      }
      await unit.commit();
      for (const [name, count] of changed) {
        const [row] = await reader.read("SELECT count FROM rate WHERE name = ? AND period = ?", [name, at]);
        if (row !== undefined) count.all = integer(row, "count");
      }
    },
  };
}

function forgetFirst(counts: Map<string, Count>): void {
  for (const name of counts.keys()) {
    counts.delete(name);
    return;
  }
}
