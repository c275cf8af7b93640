import { Fault } from "./fault.ts";
import type { SignatureAlgorithm } from "./signer.ts";
import type { Store } from "./store.ts";

/** A key that is to be made. */
export interface WantedKey {
  readonly store: Store;
  /** Its entry in the area `keys`. */
  readonly name: string;
  readonly identity: string;
  readonly algorithm: SignatureAlgorithm;
  /** Whether it is there already. A key that an interrupted run began does not count: this run finishes it. */
  isThere(): Promise<boolean>;
}

/**
 * Makes a key while no other process makes the same one: of two, the second finds the first's key instead of replacing it. Nobody is told
 * that it waits, because a key is made in less time than it takes to read that.
 *
 * @throws {Fault} `KEY_EXISTS`; `LOCK_TIMEOUT` naming the holder; what `make` throws.
 */
export function makeKeyOnce<T>(wanted: WantedKey, make: () => Promise<T>): Promise<T> {
  const { store, name } = wanted;
  return store.withLock("keys", name, { purpose: `brevet makes the key ${name}` }, async () => {
    await requireNoKey(wanted);
    return make();
  });
}

/** For a look before the person is asked for what making the key needs, such as a PIN. @throws {Fault} `KEY_EXISTS` */
export async function requireNoKey({ identity, algorithm, isThere }: WantedKey): Promise<void> {
  if (await isThere()) throw new Fault("KEY_EXISTS", `the identity ${identity} has an ${algorithm} key already`);
}
