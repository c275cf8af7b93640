import type { LockHolder, Store } from "../core/store.ts";
import { forgetCredentials, forgetLateCredentials } from "./forget-credentials.ts";

/**
 * Whose traces are removed: those of one identity, or of all. Keys stay, because the published ones would be worth nothing
 * without them.
 */
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
 * @throws {Fault} `LOCK_TIMEOUT`, `FILE_UNWRITABLE`; what was there at the beginning, apart from that session, is gone even so.
 */
export async function signOut(input: SignOutInput, ports: SignOutPorts): Promise<SignedOut> {
  const prefix = input.scope === "all" ? "" : input.credentialPrefix;
  const atOnce = await forgetCredentials(ports.store, prefix);
  let sessions = 0;
  let late = 0;
  let runKey = false;
  try {
    sessions = await forgetSessions(input, ports);
    late = await forgetLateCredentials({ prefix, purpose: "signs out" }, ports);
  } finally {
    // Last, because a call that was under way may have unwrapped the key again.
    runKey = await ports.forgetRunKey();
  }
  return { sessions, credentials: atOnce + late, runKey };
}

async function forgetSessions(input: SignOutInput, { store, waiting }: SignOutPorts): Promise<number> {
  const sessions = (await store.list("sessions")).filter((name) => input.scope === "all" || name === input.session);
  let removedSessions = 0;
  for (const name of sessions) {
    const removed = await store.withLock("sessions", name, { purpose: "signs out", waiting }, () =>
      store.remove("sessions", name),
    );
    removedSessions += removed ? 1 : 0;
  }
  return removedSessions;
}
