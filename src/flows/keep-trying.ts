import { Fault } from "../core/fault.ts";
import type { FaultCode } from "../core/fault-codes.ts";
import type { Tempo } from "../core/tempo.ts";

/** How long something is tried that others have to hear of first. */
export interface Patience {
  /** 0: it is tried once. */
  readonly seconds: number;
  /** Faults that may pass by themselves. */
  readonly passing: readonly FaultCode[];
  /** Told after each try that failed. */
  readonly failed: (fault: Fault, secondsLeft: number) => void;
  readonly tempo: Pick<Tempo, "pause">;
}

const FIRST_PAUSE_SECONDS = 2;
const LONGEST_PAUSE_SECONDS = 15;

/**
 * Tries until it works, with longer and longer pauses: a cloud takes a while to know everywhere what was set up in it.
 *
 * @throws {Fault} the last one when patience is at its end, and at once one that does not pass by itself.
 */
export async function keepTrying<T>(work: () => Promise<T>, { seconds, passing, failed, tempo }: Patience): Promise<T> {
  let left = seconds;
  for (let pause = FIRST_PAUSE_SECONDS; ; pause = Math.min(LONGEST_PAUSE_SECONDS, pause * 1.5)) {
    try {
      return await work();
    } catch (cause) {
      if (!(cause instanceof Fault) || !passing.includes(cause.code) || left <= 0) throw cause;
      failed(cause, left);
    }
    await tempo.pause(Math.min(pause, left) * 1000);
    left -= pause;
  }
}
