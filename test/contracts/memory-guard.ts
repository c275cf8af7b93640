import type { Secret } from "../../src/core/secret.ts";
import type { KeyGuard, KeyGuardKind } from "../../src/core/store.ts";

/** A keychain in memory that counts how often it is asked, and can lose what it holds. */
export function memoryGuard(kind = "keychain") {
  const held = new Map<string, Secret<Uint8Array>>();
  const asked = { times: 0 };
  const guard = (storeId: string): KeyGuard => ({
    kind,
    strength: "keychain",
    summary: "a keychain in memory",
    load: async () => {
      asked.times += 1;
      return held.get(storeId) ?? null;
    },
    save: async (key) => {
      held.set(storeId, key);
    },
    destroy: async () => {
      held.delete(storeId);
    },
  });
  return { kind: { kind, open: guard } satisfies KeyGuardKind, held, asked };
}
