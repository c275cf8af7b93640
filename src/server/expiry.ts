import type { EpochSeconds } from "../core/time.ts";
import type { Job } from "./maintenance.ts";
import type { Storage } from "./open-storage.ts";
import { MOST_CLOCK_SECONDS } from "./operations/clock-watch.ts";
import { OVER_SECONDS } from "./people/web-session.ts";
import { type Swept, sweepRows } from "./store/sweep.ts";

/**
 * How long what has ended is kept where several instances judge, each by its own clock, what has ended: to keep it costs room alone, and a
 * proof that is swept while an instance still takes it could be used a second time.
 */
const SHARED_SLACK_SECONDS = 3600;

/** Counts of requests in a minute, which nobody looks at after it. */
const RATES_KEPT_SECONDS = 86_400;

/** What ends by itself and is not wanted any more. */
const ENDING: readonly (Omit<Swept, "values"> & { readonly keptSeconds?: number })[] = [
  { table: "artifact", key: "kind, handle", where: "expires_at IS NOT NULL AND expires_at < ?" },
  { table: "proof", key: "handle", where: "expires_at < ?" },
  { table: "ceremony", key: "handle", where: "expires_at < ?" },
  { table: "web_session", key: "digest", where: "expires_at < ?", keptSeconds: OVER_SECONDS },
  { table: "upstream_attempt", key: "state", where: "expires_at < ?" },
];

/**
 * Sweeps what has ended, by the clock of the database: an instance whose own is fast must not take from the others what still counts. A
 * database that has none serves one instance, which is judge alone; its clock may be set back by as much as clocks may be off.
 */
export function expiryJob(storage: Storage): Job {
  return {
    name: "expiry",
    everySeconds: 60,
    async run(now, isStopped = () => false) {
      const shared = await storage.clock();
      for (const swept of sweptAt(shared ?? now, shared === null ? MOST_CLOCK_SECONDS : SHARED_SLACK_SECONDS))
        await sweepRows({ reader: storage, openUnit: storage.openUnit, isStopped }, swept);
    },
  };
}

function sweptAt(now: EpochSeconds, slackSeconds: number): readonly Swept[] {
  const ended = ENDING.map(({ keptSeconds = 0, ...each }) => ({ ...each, values: [now - slackSeconds - keptSeconds] }));
  return [...ended, { table: "rate", key: "name, period", where: "period < ?", values: [now - RATES_KEPT_SECONDS] }];
}
