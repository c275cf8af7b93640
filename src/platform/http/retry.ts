import type { Fault } from "../../core/fault.ts";
import type { HttpResponse } from "../../core/http.ts";
import type { Tempo } from "../../core/tempo.ts";
import { formatDuration } from "../../core/time.ts";
import { systemTempo } from "../tempo.ts";

/** How often, and how long. */
export interface RetryLimits {
  readonly attempts: number;
  /** For all attempts and the pauses between them. */
  readonly deadlineMs: number;
  /** The deadline's time begins when this is settled: what is sent may still be made during the first attempt. Default: at once. */
  readonly since?: Promise<unknown>;
  /** The longest pause after the first attempt; it doubles with each. */
  readonly firstPauseMs: number;
  /** Default: the machine's. */
  readonly tempo?: Tempo | undefined;
}

/**
 * How one attempt ended; `transient`: the far side itself says that the same may succeed a moment later, and not before
 * `restSeconds`, where it says that too.
 */
export type Attempt<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed"; readonly fault: Fault; readonly transient: boolean; readonly restSeconds?: number };

/** Whether a status says that the far side cannot serve anybody, or not so often: nothing is wrong with the request. */
export function isUnavailable(status: number): boolean {
  return status === 429 || status >= 500;
}

/** The one form of dates that is sent. `Date.parse` alone takes `in 3000` for a year. @see RFC 9110 §5.6.7 */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

const timeOf = (text: string): number => (HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN);

/** For how long the far side wants to be left alone; 0 where it does not say. A date is counted from the answer's own. @see RFC 9110 §10.2.3 */
export function restSecondsOf({ headers }: Pick<HttpResponse, "headers">): number {
  const { "retry-after": value = "", date = "" } = headers;
  const seconds = /^\d+$/.test(value) ? Number(value) : Math.ceil((timeOf(value) - timeOf(date)) / 1000);
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : 0;
}

/** Nobody waits longer at a terminal, and a longer `Retry-After` is seldom meant. */
const LONGEST_TOLD_SECONDS = 86_400;

/** What to do about it, for a hint. */
export function laterHint(restSeconds: number): string {
  return restSeconds === 0 || restSeconds > LONGEST_TOLD_SECONDS
    ? "run the same command again later"
    : `run the same command again in ${formatDuration(restSeconds)}`;
}

/**
 * Makes attempts until one is done, one fails for good, or the limits are reached; then the last fault is raised.
 *
 * Pauses have full jitter: clients that were turned away together must not come back together. A server that asks for a longer
 * pause than the limits allow is not asked again.
 */
export async function retryTransient<T>(
  limits: RetryLimits,
  attempt: (deadlineMs: number, count: number) => Promise<Attempt<T>>,
): Promise<T> {
  const { tempo = systemTempo } = limits;
  let startedAt = tempo.elapsedMs();
  const begin = (): void => {
    startedAt = tempo.elapsedMs();
  };
  limits.since?.then(begin, begin);
  const remaining = (): number => limits.deadlineMs - (tempo.elapsedMs() - startedAt);
  for (let count = 1; ; count += 1) {
    const outcome = await attempt(Math.max(1, Math.ceil(remaining())), count);
    if (outcome.kind === "done") return outcome.value;
    const pauseMs = (outcome.restSeconds ?? 0) * 1000 + tempo.random() * limits.firstPauseMs * 2 ** (count - 1);
    if (!outcome.transient || count === limits.attempts || pauseMs >= remaining()) throw outcome.fault;
    await tempo.pause(pauseMs);
  }
}
