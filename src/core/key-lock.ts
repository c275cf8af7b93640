import type { Store } from "./store.ts";

/**
 * Runs what makes the key `name` of the area `keys` while no other process makes it: of two that make the same key, the second finds
 * the first's instead of replacing it. That it waits is told to nobody, because a key is made in less time than it takes to read it.
 *
 * @throws {Fault} `LOCK_TIMEOUT` naming the holder, and what `make` throws.
 */
export function withKeyLock<T>(store: Store, name: string, make: () => Promise<T>): Promise<T> {
  return store.withLock("keys", name, { purpose: `brevet makes the key ${name}` }, make);
}
