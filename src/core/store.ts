import type { Secret } from "./secret.ts";
import type { EpochSeconds } from "./time.ts";

/**
 * What a store keeps, and where:
 * - `credentials` can be had again at any time: an entry that does not open counts as absent, and `cache clear` empties it.
 * - `sessions` and `keys` cannot: an entry that does not open is a Fault, never silently a new one.
 */
export type StoreArea = "credentials" | "sessions" | "keys";

/** Who holds a lock, for the message to those who wait. */
export interface LockHolder {
  readonly pid: number;
  /** What the holder is doing, as it said when it took the lock: `terraform asks for profile dev`. */
  readonly purpose: string;
  readonly since: EpochSeconds;
}

/** What a lock is taken for. */
export interface LockClaim {
  /** Shown to processes that have to wait, as in {@link LockHolder}. */
  readonly purpose: string;
  /** Called once, if the lock is not free at once. */
  readonly waiting?: (holder: LockHolder) => void;
}

/** The Store port: sealed values that live between runs. Names are `[a-z0-9._-]{1,128}`; callers digest what is longer. */
export interface Store {
  /**
   * @returns null when there is no such entry.
   * @throws {Fault} `STORE_ENTRY_DAMAGED` for an entry of `sessions` or `keys` that does not open; a guard's fault.
   */
  load(area: StoreArea, name: string): Promise<Secret<string> | null>;
  /** Replaces the entry as a whole: a crash leaves the old value or the new one. @throws {Fault} `FILE_UNWRITABLE` */
  save(area: StoreArea, name: string, value: Secret<string>): Promise<void>;
  /** @returns whether there was such an entry. */
  remove(area: StoreArea, name: string): Promise<boolean>;
  /** The names in an area, sorted. */
  list(area: StoreArea): Promise<readonly string[]>;
  /** The names in an area that are locked now, whether there is an entry yet or not, sorted; a lock of a dead process too. */
  locked(area: StoreArea): Promise<readonly string[]>;
  /**
   * Runs `work` while no other process of this user holds the lock of that entry. The lock of a dead process is healed. `waited`:
   * another held it first, be it for so short that nobody was told.
   *
   * @throws {Fault} `LOCK_TIMEOUT` naming the holder; `FILE_UNWRITABLE` when a lock can be made nowhere.
   */
  withLock<T>(
    area: StoreArea,
    name: string,
    claim: LockClaim,
    work: (lock: { readonly waited: boolean }) => Promise<T>,
  ): Promise<T>;
}

/** What to type where the guard that was asked for is not on this machine, and nothing is sealed under it yet. */
export const FILE_GUARD_HINTS: readonly string[] = [
  "`brevet init … --store file` keeps the store's key in a file instead: weaker, because every program of yours can open it",
  "where no person is (CI): `BREVET_STORE=file`",
];

/** The KeyGuard port: what guards the 32-byte master key that seals a store. */
export interface KeyGuard {
  /** The word for it in the config and in `BREVET_STORE`: `keychain`, `file`. */
  readonly kind: string;
  /** One line, for `status`: what guards the key, and whether that is weaker than it could be. */
  readonly summary: string;
  readonly strength: "hardware" | "keychain" | "file";
  /**
   * The master key; null when none was made yet.
   *
   * @throws {Fault} `STORE_GUARD_ABSENT`, `STORE_GUARD_LOCKED`, `STORE_GUARD_SLOW`.
   */
  load(): Promise<Secret<Uint8Array> | null>;
  /** Keeps a new master key. Called once, when {@link load} gave null, under a lock of the store. */
  save(key: Secret<Uint8Array>): Promise<void>;
  /** Forgets the master key: nothing that it sealed opens again. */
  destroy(): Promise<void>;
}

/** A kind of guard. `storeId` tells apart the stores of one user, so that a trial in another folder takes no one's key. */
export interface KeyGuardKind {
  readonly kind: string;
  /** Touches nothing: the keychain is reached at the first call of a method. */
  open(storeId: string): KeyGuard;
}
