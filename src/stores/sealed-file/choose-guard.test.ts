import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import type { KeyGuardKind } from "../../core/store.ts";
import { privateFiles } from "../../platform/files.ts";
import { keyFileGuardKind } from "../key-file/key-file-guard.ts";
import { chooseGuard } from "./choose-guard.ts";
import { readStoreRecord } from "./store-record.ts";

const KEY = new Secret("master key", new Uint8Array(32).fill(7));

it("leaves the choice open when the guard did not take the key, as on a machine without a keychain", async (context) => {
  const home = mkdtempSync(join(tmpdir(), "choose-guard-"));
  context.after(() => rmSync(home, { recursive: true }));
  const paths = { stateFolder: join(home, "state") };
  const files = privateFiles();
  const absent = new Fault("STORE_GUARD_ABSENT", "no keychain answers");
  const unreachable: KeyGuardKind = {
    ...keyFileGuardKind({ paths, files }),
    kind: "keychain",
    open: (storeId) => ({
      ...keyFileGuardKind({ paths, files }).open(storeId),
      kind: "keychain",
      save: () => Promise.reject(absent),
    }),
  };
  const kinds = { keychain: async () => unreachable, file: async () => keyFileGuardKind({ paths, files }) };

  const first = await chooseGuard({ asked: null, kinds, files, paths });
  await assert.rejects(first.save(KEY), absent);
  assert.equal(readStoreRecord(files, paths), null);

  const second = await chooseGuard({ asked: "file", kinds, files, paths });
  await second.save(KEY);
  assert.deepEqual((await second.load())?.reveal(), KEY.reveal());

  // What holds a key is not forgotten because a later call fails.
  const record = readStoreRecord(files, paths);
  const third = await chooseGuard({
    asked: null,
    kinds: { ...kinds, file: async () => ({ ...unreachable, kind: "file" }) },
    files,
    paths,
  });
  await assert.rejects(third.save(KEY), absent);
  assert.deepEqual(readStoreRecord(files, paths), record);
});
