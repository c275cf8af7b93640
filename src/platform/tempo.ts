import type { Tempo } from "../core/tempo.ts";

/** The longest that a timer of the runtime can wait; one that is told to wait longer ends at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Waits between two looks at what somebody else is doing. */
export async function pause(milliseconds: number): Promise<void> {
  let left = milliseconds;
  do {
    const part = Math.min(left, LONGEST_TIMER_MS);
    await new Promise((resolve) => setTimeout(resolve, part));
    left -= part;
  } while (left > 0);
}

/** Milliseconds of a clock that never goes back, from an arbitrary start: says how long something took. */
export function elapsedMs(): number {
  return performance.now();
}

/** The machine's own time. */
export const systemTempo: Tempo = { elapsedMs, pause, random: () => Math.random() };
