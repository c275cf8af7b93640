import type { Tempo } from "../../core/tempo.ts";

/** About three minutes altogether. */
const TRIES = 20;
const LONGEST_PAUSE_MS = 10_000;

/** Tries `work` again, while its fault is `isPassing`. */
export type Patiently = <T>(work: () => Promise<T>, isPassing: (cause: unknown) => boolean) => Promise<T>;

/** For some minutes: what one part of a cloud has made, another does not know yet. The last fault is raised. */
export function patiently({ pause }: Pick<Tempo, "pause">): Patiently {
  return async (work, isPassing) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (cause) {
        if (!isPassing(cause) || attempt === TRIES) throw cause;
      }
      await pause(Math.min(LONGEST_PAUSE_MS, 500 * 1.5 ** attempt));
    }
  };
}
