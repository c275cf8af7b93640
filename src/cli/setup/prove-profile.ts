import type { Context } from "../command.ts";
import { NOT_YET_TRUSTED, tryUntilTrusted } from "./try-until-trusted.ts";

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
 * Exchanges a token for credentials until the cloud takes it, which may be minutes after a setup.
 *
 * @returns whether it was tried.
 * @throws {Fault} `TRUST_UNPROVEN` when the time is over; what else stands in the way at once.
 */
export async function proveProfile({ profile, cloud, purpose, waitSeconds }: ProfileProof, context: Context): Promise<boolean> {
  if (waitSeconds === 0) return false;
  const { compose } = context;
  await tryUntilTrusted(
    {
      doing: `waiting until ${cloud} accepts the tokens`,
      done: `${cloud} accepts the tokens`,
      profile,
      waitSeconds,
      passing: NOT_YET_TRUSTED,
      work: async () => compose.credentials(await compose.profilePath({ profile, overrides: {} }), { renew: "now", purpose }),
    },
    context,
  );
  return true;
}
