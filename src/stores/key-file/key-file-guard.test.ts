import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, it, type TestContext } from "node:test";
import { Secret } from "../../core/secret.ts";
import type { MachineId } from "../../platform/machine-id.ts";
import { privateFiles } from "../../platform/private-files.ts";
import { keyFileGuardKind } from "./key-file-guard.ts";

const files = privateFiles();
const KEY = new Uint8Array(32).fill(0xa5);
let stateFolder: string;
beforeEach((context) => {
  stateFolder = mkdtempSync(join(tmpdir(), "brevet-test-"));
  (context as TestContext).after(() => rmSync(stateFolder, { recursive: true, force: true }));
});

const guardOn = (machine: string, source: MachineId["source"] = "system") =>
  keyFileGuardKind({ paths: { stateFolder }, files, machine: async () => ({ value: machine, source }) }).open("store");

describe("the key file", () => {
  it("opens on its own machine, and nothing on another one", async () => {
    await guardOn("here").save(new Secret("key", KEY));
    assert.deepEqual((await guardOn("here").load())?.reveal(), KEY);
    await assert.rejects(guardOn("there").load(), { code: "STORE_KEY_FOREIGN" });
    await assert.rejects(guardOn("").load(), { code: "STORE_KEY_FOREIGN" });
  });

  it("is for its owner alone, and does not show the key", async () => {
    await guardOn("here").save(new Secret("key", KEY));
    const path = join(stateFolder, "store.key");
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const bytes = readFileSync(path);
    assert.equal(bytes.includes(Buffer.from(KEY.subarray(0, 8))), false);
    const first = Buffer.from(bytes);
    await guardOn("here").save(new Secret("key", KEY));
    assert.equal(readFileSync(path).equals(first), false);
  });

  it("of version 1 opens for ever", async () => {
    // Made by Python's `cryptography`: secret 11…, nonce 22…, master key 00 01 … 1f, store and machine as below.
    const made =
      "4252564b011111111111111111111111111111111111111111111111111111111111111111222222222222222222222222b15a6e83f650655c" +
      "544d865da748ac02e020936676073e77e055240dcf9df79beef7e3c792f5bb05679a825ee3ac86371dc5c472c24f4672";
    writeFileSync(join(stateFolder, "store.key"), Buffer.from(made, "hex"), { mode: 0o600 });
    const machine = async (): Promise<MachineId> => ({ value: "0123456789abcdef0123456789abcdef", source: "system" });
    const guard = keyFileGuardKind({ paths: { stateFolder }, files, machine }).open("0011223344556677");
    assert.deepEqual(
      (await guard.load())?.reveal(),
      Uint8Array.from({ length: 32 }, (_, index) => index),
    );
  });

  it("is known to be damaged, whichever byte it is", async () => {
    await guardOn("here").save(new Secret("key", KEY));
    const path = join(stateFolder, "store.key");
    const whole = readFileSync(path);
    const damaged = [Buffer.concat([whole, Buffer.of(0)])];
    const checksumAt = whole.length - 8;
    for (let at = 0; at < checksumAt; at++) {
      const altered = Buffer.from(whole);
      altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8));
      damaged.push(altered);
    }
    for (let length = 0; length < whole.length; length++) damaged.push(whole.subarray(0, length));
    for (const bytes of damaged) {
      writeFileSync(path, bytes);
      await assert.rejects(guardOn("here").load(), { code: "STORE_KEY_DAMAGED" });
    }
  });

  it("opens when only the checksum is damaged, which tells reasons apart and guards nothing", async () => {
    await guardOn("here").save(new Secret("key", KEY));
    const path = join(stateFolder, "store.key");
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(path, bytes);
    assert.deepEqual((await guardOn("here").load())?.reveal(), KEY);
  });
});

describe("a key that is loaded before it is asked for", () => {
  const RECORD = { guard: "file", storeId: "store" };
  const asked: string[] = [];
  beforeEach(async () => {
    await guardOn("here").save(new Secret("key", KEY));
    asked.length = 0;
  });
  const kindHere = () =>
    keyFileGuardKind({
      paths: { stateFolder },
      files,
      machine: async () => {
        asked.push("machine");
        return { value: "here", source: "system" };
      },
    });

  it("is given to the first who asks, and loaded anew for others", async () => {
    const kind = kindHere();
    kind.prepare(() => RECORD);
    kind.prepare(() => assert.fail("begun twice"));
    assert.deepEqual(asked, ["machine"]);
    assert.deepEqual((await kind.open("store").load())?.reveal(), KEY);
    assert.deepEqual(asked, ["machine"]);
    assert.deepEqual((await kind.open("store").load())?.reveal(), KEY);
    assert.deepEqual(asked, ["machine", "machine"]);
  });

  it("is not touched where another guard has the key, nor for another store", async () => {
    kindHere().prepare(() => ({ ...RECORD, guard: "keychain" }));
    kindHere().prepare(() => null);
    assert.deepEqual(asked, []);
    const kind = kindHere();
    kind.prepare(() => RECORD);
    await assert.rejects(kind.open("another store").load(), { code: "STORE_KEY_FOREIGN" });
  });

  it("is not asked about where there is none", () => {
    rmSync(join(stateFolder, "store.key"));
    kindHere().prepare(() => assert.fail("asked"));
  });

  it("tells what is wrong with it to whoever asks, and nobody before", async () => {
    writeFileSync(join(stateFolder, "store.key"), "BRVK?", { mode: 0o600 });
    const kind = kindHere();
    kind.prepare(() => RECORD);
    await new Promise((resolve) => setImmediate(resolve));
    await assert.rejects(kind.open("store").load(), { code: "STORE_KEY_DAMAGED" });
  });

  it("is forgotten when another one is saved, or it is destroyed", async () => {
    const saved = kindHere();
    saved.prepare(() => RECORD);
    await saved.open("store").save(
      new Secret(
        "key",
        KEY.map((byte) => byte ^ 1),
      ),
    );
    assert.notDeepEqual((await saved.open("store").load())?.reveal(), KEY);
    const destroyed = kindHere();
    destroyed.prepare(() => RECORD);
    await destroyed.open("store").destroy();
    assert.equal(await destroyed.open("store").load(), null);
  });
});
