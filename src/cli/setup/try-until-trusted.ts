import { Fault } from "../../core/fault.ts";
import type { FaultCode } from "../../core/fault-codes.ts";
import { keepTrying } from "../../flows/keep-trying.ts";
import { systemTempo } from "../../platform/tempo.ts";
import type { Context } from "../command.ts";

/** What works as soon as a cloud knows everywhere in it what was just set up. */
export interface Trial<T> {
  /** While it is tried, in words: `waiting until AWS accepts the tokens`. */
  readonly doing: string;
  /** Once it works: `AWS accepts the tokens`. */
  readonly done: string;
  /** Whose trust it is. */
  readonly profile: string;
  readonly waitSeconds: number;
  /** Faults that may pass by themselves. */
  readonly passing: readonly FaultCode[];
  readonly work: () => Promise<T>;
}

/** What a cloud answers while it does not know the trust yet, and who cannot serve anybody for a moment. */
export const NOT_YET_TRUSTED: readonly FaultCode[] = ["EXCHANGE_REFUSED", "EXCHANGE_UNAVAILABLE", "PROVIDER_UNAVAILABLE"];

/**
 * Tries until it works, and shows on the terminal what stands in the way.
 *
 * @throws {Fault} `TRUST_UNPROVEN` when the time is over; what does not pass by itself at once.
 */
export async function tryUntilTrusted<T>(trial: Trial<T>, { terminal }: Pick<Context, "terminal">): Promise<T> {
  const { doing, done, profile, waitSeconds, passing, work } = trial;
  const progress = await terminal.progress(doing);
  try {
    const failed = (fault: Fault): void => progress.update(`${doing}: ${fault.message}`);
    const result = await keepTrying(work, { seconds: waitSeconds, passing, failed, tempo: systemTempo });
    progress.done(done);
    return result;
  } catch (cause) {
    progress.failed(`${doing}: given up`);
    if (!(cause instanceof Fault) || !passing.includes(cause.code)) throw cause;
    throw new Fault("TRUST_UNPROVEN", `everything is set up, and it does not work yet: ${cause.message}`, {
      cause,
      hints: [...cause.hints, `see why: \`brevet explain ${profile} --live\``, "or try the same command again later: it goes on"],
      details: { code: cause.code },
    });
  }
}
