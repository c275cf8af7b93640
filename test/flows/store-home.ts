import assert from "node:assert/strict";
import { join } from "node:path";
import { Secret } from "../../src/core/secret.ts";
import type { Store } from "../../src/core/store.ts";
import { privateFiles } from "../../src/platform/private-files.ts";
import { keyFileGuardKind } from "../../src/stores/key-file/key-file-guard.ts";
import { sealedFilePlace } from "../contracts/store-place.ts";
import { filesBelow } from "./store-processes.ts";

/** The value that loads from a home in which a process was killed; checks that the lock is free at once, and that a save leaves the place tidy. */
export async function examined(home: string, name: string, said: readonly string[] = []): Promise<string | undefined> {
  const store = storeIn(home);
  const value = (await store.load("keys", name))?.reveal();
  const stuck = (): never => assert.fail(`the lock is stuck after ${said.slice(-2).join(", ")}`);
  await store.withLock("keys", name, { purpose: "examines", waiting: stuck }, () =>
    store.save("keys", name, new Secret("value", value ?? "none")),
  );
  // Nobody makes the store's key again, so nobody has had a reason to heal the lock under which it was made.
  const left = filesBelow(home).filter((path) => path !== "state/locks/store-key.lock");
  assert.deepEqual(left, [`state/keys/${name}.sealed`, "state/store.json", "state/store.key"]);
  return value;
}

function storeIn(home: string): Store {
  const files = privateFiles();
  const folders = { stateFolder: join(home, "state"), cacheFolder: join(home, "cache"), files };
  return sealedFilePlace(folders, () => keyFileGuardKind({ paths: folders, files }), null).open();
}
