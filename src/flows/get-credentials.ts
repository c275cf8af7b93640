import { type Credentials, encodeCredentials, parseCredentials, refreshWindowSeconds, secondsLeft } from "../core/credentials.ts";
import type { Exchange, Proof } from "../core/exchange.ts";
import { Fault, faultOf, type KeptFault } from "../core/fault.ts";
import type { FaultCode } from "../core/fault-codes.ts";
import { readOwnJson } from "../core/json-object.ts";
import type { Notices } from "../core/notices.ts";
import type { ProfilePath } from "../core/profile.ts";
import { Secret } from "../core/secret.ts";
import { SignInAwaited } from "../core/session.ts";
import type { Store } from "../core/store.ts";
import { type Clock, type EpochSeconds, formatDuration, LARGEST_OFFSET_SECONDS } from "../core/time.ts";

/** What the path needs from outside. */
export interface CredentialPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly notices: Notices;
}

/** How one call differs from another. */
export interface CredentialWishes {
  /**
   * `when-stale`: cached credentials serve until their refresh window, and to their end if no new ones can be had; `now`: a new
   * exchange or its fault, to see whether it works.
   */
  readonly renew: "when-stale" | "now";
  /** Who asks, shown to processes that wait for this one: `aws asks for profile dev`. */
  readonly purpose: string;
}

/**
 * The one path from a profile to credentials. Everything that hands out credentials goes through this function:
 * `credential_process`, `exec`, `env`, `token`, `status --check`, and a profile that goes `via` another.
 *
 * Cached credentials are given while they have more life than their refresh window. Otherwise one process of this user makes the
 * exchange, and the others wait for its credentials or its fault. When the exchange fails and the cached credentials still live,
 * these are given with a warning.
 *
 * @throws {Fault} what the identity, the exchange or the store raise.
 */
export async function getCredentials(
  profile: ProfilePath,
  wishes: CredentialWishes,
  ports: CredentialPorts,
): Promise<Credentials> {
  try {
    return await obtain(profile, wishes, ports);
  } catch (cause) {
    if (!(cause instanceof SignInAwaited)) throw cause;
    const signIn = await cause.ended().then(
      () => ({}),
      (failure: unknown) => ({ failure }),
    );
    return obtain(profile, { ...wishes, signIn }, ports);
  }
}

/** The wishes of one go: the second, where a person had to sign in first. */
interface Go extends CredentialWishes {
  /** What became of that sign-in; `failure`: what it ended by, where it gave no session. */
  readonly signIn?: { readonly failure?: unknown };
}

/** @throws {SignInAwaited} without any lock held. */
async function obtain(profile: ProfilePath, wishes: Go, ports: CredentialPorts): Promise<Credentials> {
  if (wishes.renew === "when-stale") {
    const cached = await loadCached(profile, ports);
    if (cached !== null && isFresh(cached, ports.clock)) return cached;
  }
  // Before the lock and the store are touched: a profile that cannot work changes nothing.
  await profile.check();
  const askedAt = ports.clock.now();
  return ports.store.withLock(
    "credentials",
    profile.cacheKey,
    { purpose: wishes.purpose, waiting: ({ pid, purpose }) => ports.notices.say(`waiting for process ${pid}: ${purpose}`) },
    async ({ waited }) => {
      const cached = await loadCached(profile, ports);
      if (cached !== null && isFresh(cached, ports.clock) && wishes.renew === "when-stale") return cached;
      if (waited) await raiseSharedFault(profile, askedAt, ports.store);
      return renew(profile, cached, wishes, ports);
    },
  );
}

async function renew(profile: ProfilePath, cached: Credentials | null, wishes: Go, ports: CredentialPorts): Promise<Credentials> {
  let credentials: Credentials;
  try {
    credentials = await exchangeOnce(profile, wishes, ports);
  } catch (cause) {
    if (!(cause instanceof Fault) || cause instanceof SignInAwaited) throw cause;
    const remaining = cached === null ? 0 : secondsLeft(cached, ports.clock.now());
    if (cached !== null && remaining > 0 && wishes.renew === "when-stale") {
      ports.notices.warn(
        `${cause.message}; the credentials from before are still good for ${formatDuration(remaining)} and were used`,
      );
      return cached;
    }
    // Not shared: that nobody signed in here. A process that waits at the lock may have a person, or may just have begun to wait.
    if (wishes.signIn?.failure === undefined && !OF_WHO_ASKS.includes(cause.code)) await shareFault(profile, cause, ports);
    throw cause;
  }
  await saveOrWarn(profile, credentials, ports);
  return credentials;
}

/**
 * Makes the request, gets the proof, redeems it, and keeps nothing: {@link getCredentials}, and a trial of a key. A refusal of the
 * token's times teaches the clock and is tried once more.
 */
export async function exchangeOnce(profile: ProfilePath, wishes: Go, ports: CredentialPorts): Promise<Credentials> {
  const prove = await openProver(profile, wishes, ports);
  const target = await profile.openExchange();
  try {
    return await target.redeem(await prove(target));
  } catch (cause) {
    const offset = cause instanceof Fault && cause.code === "CLOCK_SKEWED" ? cause.details["offsetSeconds"] : undefined;
    if (typeof offset !== "number" || Math.abs(ports.clock.offsetSeconds + offset) > LARGEST_OFFSET_SECONDS) throw cause;
    return correctingBy(offset, ports, async () => target.redeem(await prove(target)));
  }
}

/**
 * Keeps the correction only if the cloud then accepts the token: an endpoint that refuses everything must not date our tokens.
 */
async function correctingBy<T>(offset: number, { clock, notices }: CredentialPorts, attempt: () => Promise<T>): Promise<T> {
  const before = clock.offsetSeconds;
  clock.learn(before + offset);
  try {
    const result = await attempt();
    notices.warn(ofClock(clock.offsetSeconds));
    return result;
  } catch (cause) {
    clock.learn(before);
    throw cause;
  }
}

function ofClock(offset: number): string {
  if (offset === 0) return "this machine's clock is right again; brevet corrects for it no more";
  const direction = offset > 0 ? "behind" : "ahead";
  return `this machine's clock is ${formatDuration(Math.abs(offset))} ${direction}; brevet corrects for it from now on`;
}

/**
 * Prepares the proof for an exchange. An identity begins before the exchange is loaded, so that a chip or a process works
 * meanwhile.
 */
async function openProver(
  { source }: ProfilePath,
  wishes: Go,
  ports: CredentialPorts,
): Promise<(target: Exchange) => Promise<Proof>> {
  if (source.kind === "via") {
    const ofOther = { ...wishes, renew: "when-stale" } as const;
    const { profile } = source;
    return async () => ({
      kind: "credentials",
      credentials: await obtain(profile, ofOther, ports),
      profile: profile.name,
    });
  }
  const { signIn } = wishes;
  if (signIn?.failure !== undefined) throw signIn.failure;
  const identity = await source.open(signIn !== undefined);
  identity.prepare?.();
  const { name } = source;
  return async (target) => ({ kind: "assertion", assertion: await identity.assert(target.request()), identity: name });
}

async function loadCached(profile: ProfilePath, ports: CredentialPorts): Promise<Credentials | null> {
  const sealed = await ports.store.load("credentials", profile.cacheKey);
  return sealed === null ? null : parseCredentials(sealed);
}

function isFresh(credentials: Credentials, clock: Clock): boolean {
  return secondsLeft(credentials, clock.now()) > refreshWindowSeconds(credentials);
}

/** A full disk must not keep credentials from the caller: the next call makes its own exchange. */
async function saveOrWarn(profile: ProfilePath, credentials: Credentials, ports: CredentialPorts): Promise<void> {
  try {
    await ports.store.save("credentials", profile.cacheKey, encodeCredentials(credentials));
    await ports.store.remove("credentials", faultName(profile));
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    ports.notices.warn(`the credentials could not be kept for the next call: ${cause.message}`);
    for (const hint of cause.hints) ports.notices.say(hint);
  }
}

const FAULT_SUFFIX = ".fault";

/** Faults of this process alone: it has nobody who could sign in. Others that wait for the same credentials may have somebody. */
const OF_WHO_ASKS: readonly FaultCode[] = ["PERSON_ABSENT", "SESSION_ENDED"];

function faultName(profile: ProfilePath): string {
  return profile.cacheKey + FAULT_SUFFIX;
}

/** The cache key under whose lock that entry of `credentials` is written: its own name, or that of the call whose fault it is. */
export function cacheKeyOf(entry: string): string {
  return isFaultName(entry) ? entry.slice(0, -FAULT_SUFFIX.length) : entry;
}

/** Whether an entry of `credentials` is the fault of a call, kept for those who waited for it. */
export function isFaultName(entry: string): boolean {
  return entry.endsWith(FAULT_SUFFIX);
}

interface SharedFault extends KeptFault {
  readonly at: EpochSeconds;
}

/** Leaves the fault for the processes that wait at the lock now: 200 of them must not try one after the other. */
async function shareFault(profile: ProfilePath, fault: Fault, ports: CredentialPorts): Promise<void> {
  const shared: SharedFault = { at: ports.clock.now(), ...fault.kept() };
  try {
    await ports.store.save("credentials", faultName(profile), new Secret("fault", JSON.stringify(shared)));
  } catch {
    // The fault itself is about to be raised; that it could not be shared changes nothing for its own caller.
  }
}

async function raiseSharedFault(profile: ProfilePath, askedAt: EpochSeconds, store: Store): Promise<void> {
  const sealed = await store.load("credentials", faultName(profile));
  if (sealed === null) return;
  const shared = readOwnJson<SharedFault>(sealed.reveal());
  if (shared.at >= askedAt) throw faultOf(shared);
}
