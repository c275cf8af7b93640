import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { StoreArea } from "../../core/store.ts";
import { areaKey, encodeSealingKey, openEntry, parseSealingKey, sealEntry } from "./envelope.ts";

const MASTER = Uint8Array.from({ length: 32 }, (_, index) => index);

/**
 * Entries of version 1, made by another implementation of AES-GCM and HKDF (Python's `cryptography`) under the master key
 * 00 01 … 1f and the nonce 00 01 … 0b. What was sealed by one version of brevet must open in every later one.
 */
const SEALED: readonly (readonly [area: StoreArea, name: string, value: string, entry: string])[] = [
  [
    "credentials",
    "dev-0123",
    '{"kind":"aws"}',
    "42525654017513f29fcf200d5b000102030405060708090a0b70a28c1d5967030cc1633fea121d11043afa67a6e4831ca8e3a9cae9e38e",
  ],
  ["keys", "laptop.es256", "", "4252565401e323a24d3240a318000102030405060708090a0b1d066f7b868f0c157f3c954a97a3021b"],
];

describe("a sealed entry", () => {
  for (const [area, name, value, entry] of SEALED) {
    it(`of version 1 opens for ever: ${area}/${name}`, async () => {
      const opened = await openEntry(Buffer.from(entry, "hex"), areaKey(MASTER, area), { area, name });
      assert.ok(opened.outcome === "opened");
      assert.equal(Buffer.from(opened.value).toString(), value);
    });
  }

  it("is never the same twice", async () => {
    const [key, place] = [areaKey(MASTER, "keys"), { area: "keys", name: "a" } as const];
    const seals = Array.from({ length: 100 }, () => sealEntry(new Uint8Array(9), key, place));
    const entries = (await Promise.all(seals)).map((entry) => Buffer.from(entry).toString("hex"));
    assert.equal(new Set(entries).size, 100);
  });

  it("is told from one that another key sealed", async () => {
    const place = { area: "keys", name: "a" } as const;
    const key = areaKey(MASTER, "keys");
    const entry = await sealEntry(new Uint8Array(9), key, place);
    assert.equal((await openEntry(entry, areaKey(new Uint8Array(32), "keys"), place)).outcome, "other-key");
    assert.equal((await openEntry(entry, areaKey(MASTER, "sessions"), place)).outcome, "other-key");
    assert.equal((await openEntry(entry, key, { area: "keys", name: "b" })).outcome, "damaged");
  });
});

it("of a version to come is no damaged one", async () => {
  const place = { area: "keys", name: "a" } as const;
  const entry = Buffer.from(await sealEntry(new Uint8Array(9), areaKey(MASTER, "keys"), place));
  entry[4] = 2;
  assert.equal((await openEntry(entry, areaKey(MASTER, "keys"), place)).outcome, "version");
});

describe("the key of an area", () => {
  it("survives being written down", async () => {
    const key = areaKey(MASTER, "credentials");
    assert.deepEqual(parseSealingKey(encodeSealingKey(key)), {
      key: new Uint8Array(key.key),
      id: new Uint8Array(key.id),
    });
    assert.throws(() => parseSealingKey(new Uint8Array(39)), TypeError);
  });
});
