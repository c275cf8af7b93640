import { Fault } from "../core/fault.ts";
import { keepTrying } from "../flows/keep-trying.ts";
import { pause } from "../platform/pause.ts";
import type { Context } from "./command.ts";

/** What has to work before a setup is called done. */
export interface ProfileProof {
  readonly profile: string;
  /** Whose the trust is, in messages: `Google`. */
  readonly cloud: string;
  /** Why credentials are asked for, in messages. */
  readonly purpose: string;
  /** 0: nothing is tried. */
  readonly waitSeconds: number;
}

/**
 * Exchanges a token for credentials until the cloud takes it: what was just set up is known everywhere in it only after minutes.
 *
 * @returns whether it was tried.
 * @throws {Fault} `TRUST_UNPROVEN` when the time is over; what else stands in the way at once.
 */
export async function proveProfile({ profile, cloud, purpose, waitSeconds }: ProfileProof, context: Context): Promise<boolean> {
  const { compose, terminal } = context;
  if (waitSeconds === 0) return false;
  const doing = `waiting until ${cloud} takes the tokens`;
  const progress = await terminal.progress(doing);
  try {
    const failed = (fault: Fault): void => progress.update(`${doing}: ${fault.message}`);
    const passing = ["EXCHANGE_REFUSED", "EXCHANGE_UNAVAILABLE"] as const;
    const attempt = async () =>
      compose.credentials(await compose.profilePath({ profile, overrides: {} }), { renew: "now", purpose });
    await keepTrying(attempt, { seconds: waitSeconds, passing, failed, wait: pause });
    progress.done(`${cloud} takes the tokens`);
    return true;
  } catch (cause) {
    progress.failed(`${doing}: given up`);
    if (!(cause instanceof Fault) || !["EXCHANGE_REFUSED", "EXCHANGE_UNAVAILABLE"].includes(cause.code)) throw cause;
    throw new Fault("TRUST_UNPROVEN", `everything is set up, and it does not work yet: ${cause.message}`, {
      cause,
      hints: [...cause.hints, `see why: \`brevet explain ${profile} --live\``, "or try the same command again later: it goes on"],
      details: { code: cause.code },
    });
  }
}
