import type { LockHolder, Store } from "../core/store.ts";
import { cacheKeyOf, isFaultName } from "./get-credentials.ts";

/** A call that goes via others keeps theirs one after the other; no chain that anybody has is longer. */
const MAX_ROUNDS = 5;

/**
 * Empties the cache, or its entries whose names begin with the prefix. Calls that are under way may save theirs afterwards; see
 * {@link forgetLateCredentials}.
 *
 * @returns how many credentials there were.
 */
export async function forgetCredentials(store: Store, prefix = ""): Promise<number> {
  const names = (await store.list("credentials")).filter((name) => name.startsWith(prefix));
  const removed: string[] = [];
  for (const name of names) if (await store.remove("credentials", name)) removed.push(name);
  return removed.filter((name) => !isFaultName(name)).length;
}

/**
 * Waits for the calls that are under way and forgets what they keep: whoever holds a lock of `credentials` now may be about to.
 *
 * @returns how many credentials those were. @throws {Fault} `LOCK_TIMEOUT`
 */
export async function forgetLateCredentials(
  { prefix, purpose }: { readonly prefix: string; readonly purpose: string },
  { store, waiting }: { readonly store: Store; readonly waiting: (holder: LockHolder) => void },
): Promise<number> {
  let removed = 0;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const entries = [...(await store.locked("credentials")), ...(await store.list("credentials")).map(cacheKeyOf)];
    const keys = new Set(entries.filter((key) => key.startsWith(prefix)));
    if (keys.size === 0) break;
    for (const key of keys) {
      removed += await store.withLock("credentials", key, { purpose, waiting }, () => forgetCredentials(store, key));
    }
  }
  return removed;
}
