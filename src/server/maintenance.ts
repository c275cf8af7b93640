import { Fault } from "../core/fault.ts";
import type { EpochSeconds } from "../core/time.ts";

/** Something that is done again and again while the server runs. Every instance does it; each job lets only one of them win. */
export interface Job {
  readonly name: string;
  readonly everySeconds: number;
  /** Whether it is done at the start too. Default: no. */
  readonly atStart?: boolean;
  run(now: EpochSeconds): Promise<void>;
}

/** Running jobs. */
export interface Maintenance {
  /** Runs jobs now, by their names, whenever they are due; those that there are not are left out. */
  runNow(...names: readonly string[]): Promise<void>;
  /** Stops, and waits for the job that is under way. */
  stop(): Promise<void>;
}

/**
 * Runs jobs, one at a time, each when its time has come. One that fails is told and tried again at its next time.
 *
 * @param failed is told of what went wrong; that another instance was faster is nothing that went wrong.
 */
export function startMaintenance(
  jobs: readonly Job[],
  now: () => EpochSeconds,
  failed: (job: string, cause: unknown) => void,
): Maintenance {
  const due = new Map(jobs.map((job) => [job.name, job.atStart ? 0 : now() + job.everySeconds]));
  const isDue = ({ name, everySeconds }: Job): boolean => {
    const wait = (due.get(name) ?? 0) - now();
    // Longer than it ever has to wait: the clock was set back, and nothing would be done until it is again as late as it was.
    return wait <= 0 || wait > everySeconds;
  };
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const run = async (job: Job): Promise<void> => {
    due.set(job.name, now() + job.everySeconds);
    try {
      await job.run(now());
    } catch (cause) {
      if (!(cause instanceof Fault && cause.code === "ALREADY_USED")) failed(job.name, cause);
    }
  };
  const round = async (): Promise<void> => {
    for (const job of jobs) if (!stopped && isDue(job)) await run(job);
  };
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = round().finally(() => {
      busy = false;
    });
  }, 1000);
  timer.unref();
  return {
    async runNow(...names) {
      for (const job of jobs) if (!stopped && names.includes(job.name)) await run(job);
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
