import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, it, type TestContext } from "node:test";
import { memoryGuard } from "../../../test/contracts/memory-guard.ts";
import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import type { KeyGuardKind } from "../../core/store.ts";
import { privateFiles } from "../../platform/private-files.ts";
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

describe("the choice of a guard", () => {
  const files = privateFiles();
  let home: string;
  const paths = () => ({ stateFolder: join(home, "state") });
  beforeEach((context) => {
    home = mkdtempSync(join(tmpdir(), "choose-guard-"));
    (context as TestContext).after(() => rmSync(home, { recursive: true }));
  });

  const absent: KeyGuardKind = {
    kind: "keychain",
    open: () => ({
      kind: "keychain",
      strength: "keychain",
      summary: "a keychain that is not there",
      load: () => Promise.reject(new Fault("STORE_GUARD_ABSENT", "none")),
      save: () => Promise.reject(new Fault("STORE_GUARD_ABSENT", "none")),
      destroy: () => Promise.reject(new Fault("STORE_GUARD_ABSENT", "none")),
    }),
  };
  const { kind: file, held } = memoryGuard("file");
  const choose = (asked: string | null) =>
    chooseGuard({ asked, kinds: { keychain: async () => absent, file: async () => file }, files, paths: paths() });

  it("never falls to a weaker one because the stronger one is not there", async () => {
    const guard = await choose(null);
    assert.equal(guard.kind, "keychain");
    await assert.rejects(guard.save(new Secret("key", new Uint8Array(32))), { code: "STORE_GUARD_ABSENT" });
    assert.equal((await choose(null)).kind, "keychain");
    // What failed was no choice: the user is free to make one.
    await (await choose("file")).save(new Secret("key", new Uint8Array(32)));
    assert.equal((await choose(null)).kind, "file");
  });

  it("is what was asked for, and is remembered", async () => {
    const guard = await choose("file");
    assert.equal(await guard.load(), null);
    await guard.save(new Secret("key", new Uint8Array(32)));
    assert.equal((await choose(null)).kind, "file");
    assert.equal((await choose("")).kind, "file");
  });

  it("is not changed by another wish, because what was sealed would not open", async () => {
    await (await choose("file")).save(new Secret("key", new Uint8Array(32)));
    await assert.rejects(choose("keychain"), { code: "STORE_GUARD_MISMATCH" });
  });

  it("is not changed by a process that chose before the first key was made", async () => {
    const early = await chooseGuard({
      asked: null,
      kinds: { keychain: async () => memoryGuard().kind },
      files,
      paths: paths(),
    });
    await (await choose("file")).save(new Secret("key", new Uint8Array(32)));
    await assert.rejects(early.load(), { code: "STORE_GUARD_MISMATCH" });
    await assert.rejects(early.save(new Secret("key", new Uint8Array(32))), { code: "STORE_GUARD_MISMATCH" });
  });

  it("is free again once the key was destroyed", async () => {
    held.clear();
    const guard = await choose("file");
    await guard.save(new Secret("key", new Uint8Array(32)));
    await guard.destroy();
    assert.equal(held.size, 0);
    assert.equal(await guard.load(), null);
    assert.equal((await choose("keychain")).kind, "keychain");
  });

  it("refuses a word that names no guard", async () => {
    for (const word of ["vault", "File", "constructor", "key-file"]) {
      await assert.rejects(choose(word), { code: "KIND_UNKNOWN" }, word);
    }
  });

  it("raises a fault for a record that cannot be read", async () => {
    await (await choose("file")).save(new Secret("key", new Uint8Array(32)));
    const whole = readFileSync(join(home, "state", "store.json"));
    for (let length = 0; length < whole.length - 2; length++) {
      writeFileSync(join(home, "state", "store.json"), whole.subarray(0, length));
      await assert.rejects(choose(null), { code: "STORE_KEY_DAMAGED" }, `${length} bytes`);
    }
  });
});
