import { Fault, type KeptFault } from "../core/fault.ts";
import type { SignInPrompt } from "../core/session.ts";
import { type Clock, type EpochSeconds, formatDuration } from "../core/time.ts";
import { type ProcessIdentity, stateOf } from "../platform/processes/process-identity.ts";

/** The last sign-in that was begun and left no session: it waits for the person, or it failed. */
export type Attempt =
  | {
      readonly state: "waiting";
      /** The process that waits for the browser. */
      readonly process: ProcessIdentity;
      /** In {@link machineTime}, which is also what the system uses for the start of a process. */
      readonly since: EpochSeconds;
      /** Who asked, shown to those who wait: `terraform, for the profile dev`. */
      readonly askedBy: string;
      readonly prompt: SignInPrompt;
    }
  | ({ readonly state: "failed"; readonly at: EpochSeconds } & KeptFault);

/** A sign-in that waits for its person. */
export type WaitingAttempt = Extract<Attempt, { state: "waiting" }>;

/** How long a person may take to sign in. */
export const PATIENCE_SECONDS = 300;

/**
 * How long nobody is asked again after a sign-in that failed: programs that try again by themselves must not open one tab
 * after the other.
 */
export const COOL_DOWN_SECONDS = 120;

/** The attempt that a fault ends. */
export function failedAttempt(fault: Fault, at: EpochSeconds): Attempt {
  return { state: "failed", at, ...fault.kept() };
}

/** What the machine's own clock shows, without the correction learned from clouds. */
export function machineTime({ now, offsetSeconds }: MachineClock): EpochSeconds {
  return now() - offsetSeconds;
}

type MachineClock = Pick<Clock, "now" | "offsetSeconds">;

/** Whether somebody still waits there. Of a process on another machine only the patience says that it has ended. */
export async function stillWaits({ process, since }: WaitingAttempt, clock: MachineClock): Promise<boolean> {
  const state = await stateOf(process, since);
  return state === "alive" || (state === "foreign" && machineTime(clock) <= since + PATIENCE_SECONDS + 60);
}

/** Raises the fault of an attempt that failed so lately that nobody is asked again. */
export function requireCooledDown(attempt: Attempt | null, identity: string, now: EpochSeconds): void {
  // A time far in the future was written before the clock was set back, and says nothing.
  if (attempt?.state !== "failed" || Math.abs(now - attempt.at) >= COOL_DOWN_SECONDS) return;
  const ago = formatDuration(Math.max(0, now - attempt.at));
  throw new Fault(
    attempt.code,
    `${attempt.message} (${ago} ago; nobody is asked again for ${formatDuration(COOL_DOWN_SECONDS)})`,
    {
      hints: [`sign in now: \`brevet login ${identity}\``],
      details: { coolDown: true },
    },
  );
}
