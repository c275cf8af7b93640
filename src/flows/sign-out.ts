import type { LockHolder, Store } from "../core/store.ts";
import { forgetCredentials } from "./get-credentials.ts";

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
 * A session is removed under its lock, so that a refresh that runs now cannot put it back.
 *
 * @throws {Fault} `LOCK_TIMEOUT`, `FILE_UNWRITABLE`.
 */
export async function signOut(input: SignOutInput, { store, forgetRunKey, waiting }: SignOutPorts): Promise<SignedOut> {
  const sessions = (await store.list("sessions")).filter((name) => input.scope === "all" || name === input.session);
  let removedSessions = 0;
  for (const name of sessions) {
    const removed = await store.withLock("sessions", name, "signs out", waiting, () => store.remove("sessions", name));
    removedSessions += removed ? 1 : 0;
  }
  const credentials = await forgetCredentials(store, input.scope === "all" ? "" : input.credentialPrefix);
  return { sessions: removedSessions, credentials, runKey: await forgetRunKey() };
}
