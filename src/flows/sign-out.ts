import type { LockHolder, Store } from "../core/store.ts";
import { cacheKeyOf, forgetCredentials } from "./get-credentials.ts";

/** Whose traces are emptied: those of one identity, or of all. Keys stay: what was published would be worth nothing. */
export type SignOutInput =
  | {
      readonly scope: "identity";
      /** The name of its session in the store. */
      readonly session: string;
      /** How the names of all credentials begin that were got with it. */
      readonly credentialPrefix: string;
    }
  | { readonly scope: "all" };

export interface SignOutPorts {
  readonly store: Store;
  /** The unwrapped key of this login session, which every cached call takes. @returns whether there was one. */
  readonly forgetRunKey: () => Promise<boolean>;
  readonly waiting: (holder: LockHolder) => void;
}

/** What was there and is gone. */
export interface SignedOut {
  readonly sessions: number;
  readonly credentials: number;
  readonly runKey: boolean;
}

/**
 * Empties what signing in and getting credentials left on this machine. Credentials that were handed out before live on
 * until their own end: no cloud takes them back.
 *
 * A session is removed under its lock, so that a refresh that runs now cannot put it back; and calls that are under way are
 * waited for, so that none keeps its credentials afterwards.
 *
 * @throws {Fault} `LOCK_TIMEOUT`, `FILE_UNWRITABLE`; what lay there at the beginning, but for that session, is gone even so.
 */
export async function signOut(input: SignOutInput, ports: SignOutPorts): Promise<SignedOut> {
  const prefix = input.scope === "all" ? "" : input.credentialPrefix;
  const atOnce = await forgetCredentials(ports.store, prefix);
  let sessions = 0;
  let late = 0;
  let runKey = false;
  try {
    sessions = await forgetSessions(input, ports);
    late = await forgetLateCredentials(prefix, ports);
  } finally {
    // Last, because a call that was under way may have unwrapped it anew.
    runKey = await ports.forgetRunKey();
  }
  return { sessions, credentials: atOnce + late, runKey };
}

async function forgetSessions(input: SignOutInput, { store, waiting }: SignOutPorts): Promise<number> {
  const sessions = (await store.list("sessions")).filter((name) => input.scope === "all" || name === input.session);
  let removedSessions = 0;
  for (const name of sessions) {
    const removed = await store.withLock("sessions", name, "signs out", waiting, () => store.remove("sessions", name));
    removedSessions += removed ? 1 : 0;
  }
  return removedSessions;
}

/** A call that goes via others keeps theirs one after the other; no chain that anybody has is longer. */
const MAX_ROUNDS = 5;

/** What calls kept since we began that were under way then: whoever holds a lock of `credentials` now may be about to. */
async function forgetLateCredentials(prefix: string, { store, waiting }: SignOutPorts): Promise<number> {
  let removed = 0;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const entries = [...(await store.locked("credentials")), ...(await store.list("credentials")).map(cacheKeyOf)];
    const keys = new Set(entries.filter((key) => key.startsWith(prefix)));
    if (keys.size === 0) break;
    for (const key of keys) {
      removed += await store.withLock("credentials", key, "signs out", waiting, () => forgetCredentials(store, key));
    }
  }
  return removed;
}
