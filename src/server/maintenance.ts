import { Fault } from "../core/fault.ts";
import type { EpochSeconds } from "../core/time.ts";
import { outages } from "./outage.ts";

/** Something that is done again and again while the server runs. Every instance does it; each job lets only one of them win. */
export interface Job {
  readonly name: string;
  readonly everySeconds: number;
  /** Whether it is done at the start too. Default: no. */
  readonly atStart?: boolean;
  /** @param isStopped asked by what takes long, between its steps. Default: it is never stopped. */
  run(now: EpochSeconds, isStopped?: () => boolean): Promise<void>;
}

/** Running jobs. */
export interface Maintenance {
  /** Runs jobs now, by their names, whenever they are due; those that there are not are left out. One that is under way is waited for. */
  runNow(...names: readonly string[]): Promise<void>;
  /** Stops, and waits for the jobs that are under way. */
  stop(): Promise<void>;
}

/**
 * Runs jobs, each when its time has come and never twice at once. None waits for another: what takes long, or asks a host that answers
 * slowly, must not hold up what makes a revocation known within seconds. One that fails is told and tried again at its next time; one
 * that lost to somebody faster, within a second.
 *
 * @param failed is told what went wrong, and once that the database cannot be reached. That another instance was faster is no failure.
 */
export function startMaintenance(
  jobs: readonly Job[],
  now: () => EpochSeconds,
  failed: (job: string, cause: unknown) => void,
): Maintenance {
  const told = outages(now, failed);
  const due = new Map(jobs.map((job) => [job.name, job.atStart ? 0 : now() + job.everySeconds]));
  const isDue = ({ name, everySeconds }: Job): boolean => {
    const wait = (due.get(name) ?? 0) - now();
    // Longer than it ever has to wait: the clock was set back, and nothing would be done until it is again as late as it was.
    return wait <= 0 || wait > everySeconds;
  };
  let stopped = false;
  const running = new Map<string, Promise<void>>();
  const run = async (job: Job): Promise<void> => {
    due.set(job.name, now() + job.everySeconds);
    try {
      await job.run(now(), () => stopped);
    } catch (cause) {
      // Somebody was faster, maybe another job: the next turn finds what is left to do.
      if (cause instanceof Fault && cause.code === "ALREADY_USED") due.set(job.name, now());
      else told.failed(job.name, cause);
    }
  };
  const begin = (job: Job): Promise<void> => {
    const begun = run(job).finally(() => running.delete(job.name));
    running.set(job.name, begun);
    return begun;
  };
  const timer = setInterval(() => {
    told.look();
    for (const job of jobs) if (!running.has(job.name) && isDue(job)) void begin(job);
  }, 1000);
  timer.unref();
  return {
    async runNow(...names) {
      const wanted = jobs.filter(({ name }) => names.includes(name));
      await Promise.all(
        wanted.map(async (job) => {
          await running.get(job.name);
          if (!stopped) await begin(job);
        }),
      );
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await Promise.all(running.values());
    },
  };
}
