import type { Fault } from "../../core/fault.ts";
import { pause } from "../pause.ts";

/** What a repetition needs of the outside; tests hold it. */
export interface Tempo {
  /** Milliseconds since some moment; never goes back. */
  elapsedMs(): number;
  pause(milliseconds: number): Promise<void>;
  /** At least 0, below 1; nothing secret depends on it. */
  random(): number;
}

/** The machine's own time. */
export const systemTempo: Tempo = {
  elapsedMs: () => performance.now(),
  pause,
  random: () => Math.random(),
};

/** How often, and how long. */
export interface RetryLimits {
  readonly attempts: number;
  /** For all attempts and the pauses between them. */
  readonly deadlineMs: number;
  /** The deadline's time begins when this is settled: what is sent may still be made during the first attempt. Default: at once. */
  readonly since?: Promise<unknown>;
  /** The longest pause after the first attempt; it doubles with each. */
  readonly firstPauseMs: number;
}

/** How one attempt ended; `transient`: the far side itself says that the same may succeed a moment later. */
export type Attempt<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed"; readonly fault: Fault; readonly transient: boolean };

/**
 * Makes attempts until one is done, one fails for good, or the limits are reached; then the last fault is raised.
 *
 * Pauses have full jitter: clients that were turned away together must not come back together.
 */
export async function retryTransient<T>(
  limits: RetryLimits,
  tempo: Tempo,
  attempt: (deadlineMs: number, count: number) => Promise<Attempt<T>>,
): Promise<T> {
  let startedAt = tempo.elapsedMs();
  const begin = (): void => {
    startedAt = tempo.elapsedMs();
  };
  limits.since?.then(begin, begin);
  const remaining = (): number => limits.deadlineMs - (tempo.elapsedMs() - startedAt);
  for (let count = 1; ; count += 1) {
    const outcome = await attempt(Math.max(1, Math.ceil(remaining())), count);
    if (outcome.kind === "done") return outcome.value;
    const pauseMs = tempo.random() * limits.firstPauseMs * 2 ** (count - 1);
    if (!outcome.transient || count === limits.attempts || pauseMs >= remaining()) throw outcome.fault;
    await tempo.pause(pauseMs);
  }
}
