import { Fault } from "../../core/fault.ts";
import { signedInSummary } from "../../core/session.ts";
import { shellCommand } from "../../core/shell-command.ts";
import { changesOf, type Plan } from "../../setup/plan.ts";
import { tryProfile } from "../checks/profile-checks.ts";
import type { Context } from "../command.ts";

/** A profile that was written for what exists in a cloud, or is to exist: whoever makes the trust may come later. */
export interface JoinedProfile {
  readonly plan: Plan;
  readonly profile: string;
  /** What proves it, by its name in the config. */
  readonly identity: string;
  /** Why credentials are asked for, in messages. */
  readonly purpose: string;
}

/** Tries the profile once where nobody has to sign in for that, and says what it is by now: written, or ready. @returns whether it is ready. */
export async function reportJoined(joined: JoinedProfile, context: Context): Promise<boolean> {
  const { plan, profile, identity, purpose } = joined;
  const { compose, terminal } = context;
  const state = changesOf(plan).length === 0 ? "everything was as it should be" : `the profile ${profile} is written`;
  compose.reread();
  const again = shellCommand`brevet status --check ${profile}`;
  const reason = await whyUntried(identity, context);
  if (reason !== null) {
    terminal.say(`${state}; not tried, for ${reason}; then \`${again}\` tries it`);
    return false;
  }
  const progress = await terminal.progress(`trying the profile ${profile}`);
  try {
    const who = await tryProfile(profile, { purpose }, context);
    progress.done(`the profile ${profile} is ready: it is ${who}`);
    return true;
  } catch (cause) {
    progress.failed(state);
    if (!(cause instanceof Fault)) throw cause;
    terminal.warn(`the profile ${profile} does not work yet: ${cause.message}`);
    for (const hint of [...cause.hints, `then try it again: \`${again}\``]) terminal.say(hint);
    return false;
  }
}

/** What has to come before; null: it can be tried now, and nobody has to sign in for that. */
async function whyUntried(name: string, { compose }: Context): Promise<string | null> {
  const { entry, identity } = await compose.identity(name);
  const { session, issuer, absent } = await identity.describe();
  if (absent) return `nothing here proves the identity ${name}`;
  const isOver = session?.renewable === false && session.idTokenExpiresAt <= compose.clock.now();
  if (session === null || isOver) return signedInSummary(name, null);
  if (entry.kind !== "device") return null;
  if (issuer === null)
    return `the identity ${name} has no issuer yet, so no cloud can check its tokens: \`brevet issuer generate ${name} --issuer https://…\``;
  return compose.hasStoreKey() ? null : `the identity ${name} has no key yet: \`brevet issuer generate ${name}\``;
}
