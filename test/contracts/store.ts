import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import fc from "fast-check";
import { Secret } from "../../src/core/secret.ts";
import type { LockHolder, Store, StoreArea } from "../../src/core/store.ts";

/** A place where a store keeps things, fresh for each test. */
export interface StorePlace {
  /** The store as a new process would open it: nothing is remembered from an earlier one. */
  open(): Store;
  /** Changes the bytes behind an entry, as a fault of the disk would. */
  tamper(area: StoreArea, name: string, change: (bytes: Uint8Array) => Uint8Array): void;
  /** Puts what is kept for one entry in the place of another one. */
  transplant(from: readonly [StoreArea, string], to: readonly [StoreArea, string]): void;
}

const AREAS: readonly StoreArea[] = ["credentials", "sessions", "keys"];
const LOST: readonly StoreArea[] = ["sessions", "keys"];

/** What every Store must do. `makePlace` cleans up after the test by its context. */
export function storeContract(name: string, makePlace: (context: TestContext) => StorePlace): void {
  describe(`${name} as a Store`, () => {
    for (const area of AREAS) keepsEntries(area, makePlace);
    tellsDamage(makePlace);
    locks(makePlace);
  });
}

function keepsEntries(area: StoreArea, makePlace: (context: TestContext) => StorePlace): void {
  it(`gives back to another process what it was given (${area})`, async (context) => {
    const place = makePlace(context);
    assert.equal(await place.open().load(area, "one"), null);
    await place.open().save(area, "one", secret("first"));
    await place.open().save(area, "two", secret("other"));
    await place.open().save(area, "one", secret("second"));
    const store = place.open();
    assert.equal((await store.load(area, "one"))?.reveal(), "second");
    assert.equal((await store.load(area, "two"))?.reveal(), "other");
    assert.deepEqual(await store.list(area), ["one", "two"]);
    assert.equal(await store.remove(area, "one"), true);
    assert.equal(await store.remove(area, "one"), false);
    assert.equal(await store.load(area, "one"), null);
    assert.deepEqual(await place.open().list(area), ["two"]);
  });

  it(`keeps any text under any name that it may have (${area})`, async (context) => {
    const store = makePlace(context).open();
    const names = fc.stringMatching(/^[a-z0-9._-]{1,128}$/);
    await fc.assert(
      fc.asyncProperty(names, fc.string({ unit: "grapheme", maxLength: 3000 }), async (entry, text) => {
        await store.save(area, entry, secret(text));
        assert.equal((await store.load(area, entry))?.reveal(), text);
        assert.ok((await store.list(area)).includes(entry));
      }),
      { numRuns: 30 },
    );
  });

  it(`takes no name that could lead elsewhere (${area})`, async (context) => {
    const store = makePlace(context).open();
    for (const entry of ["", "../x", "a/b", "a\\b", "A", "a b", "a\0", "x".repeat(129)]) {
      await assert.rejects(async () => store.load(area, entry), TypeError);
      await assert.rejects(async () => store.save(area, entry, secret("x")), TypeError);
      await assert.rejects(async () => store.remove(area, entry), TypeError);
      await assert.rejects(async () => store.withLock(area, entry, { purpose: "works" }, async () => undefined), TypeError);
    }
  });
}

function tellsDamage(makePlace: (context: TestContext) => StorePlace): void {
  it("takes damaged credentials for absent, whichever byte it is, and replaces them", async (context) => {
    const { store, tamper, length } = await damageable(makePlace(context), "credentials");
    for (const change of damages(length)) {
      await store.save("credentials", "entry", secret("value"));
      tamper("credentials", "entry", change);
      assert.equal(await store.load("credentials", "entry"), null, `undetected: ${change.name}`);
    }
    await store.save("credentials", "entry", secret("again"));
    assert.equal((await store.load("credentials", "entry"))?.reveal(), "again");
  });

  for (const area of LOST) {
    it(`raises a fault for a damaged entry of ${area}, whichever byte it is`, async (context) => {
      const { store, tamper, length } = await damageable(makePlace(context), area);
      for (const change of damages(length)) {
        await store.save(area, "entry", secret("value"));
        tamper(area, "entry", change);
        await assert.rejects(store.load(area, "entry"), { code: "STORE_ENTRY_DAMAGED" }, `undetected: ${change.name}`);
      }
    });
  }

  it("opens no entry that was put in the place of another one", async (context) => {
    const place = makePlace(context);
    const store = place.open();
    for (const area of AREAS) await store.save(area, "mine", secret(area));
    for (const to of AREAS) {
      for (const from of AREAS) {
        await store.save(to, "victim", secret("victim"));
        place.transplant([from, "mine"], [to, "victim"]);
        if (to === "credentials") assert.equal(await store.load(to, "victim"), null, `from ${from}`);
        else await assert.rejects(store.load(to, "victim"), { code: "STORE_ENTRY_DAMAGED" }, `from ${from} to ${to}`);
      }
    }
  });
}

async function damageable(place: StorePlace, area: StoreArea) {
  const store = place.open();
  await store.save(area, "entry", secret("value"));
  let length = 0;
  place.tamper(area, "entry", (bytes) => {
    length = bytes.length;
    return bytes;
  });
  assert.ok(length > 0);
  return { store, tamper: place.tamper, length };
}

/** Each byte altered, the entry cut off before each byte, and something after its end. */
function* damages(length: number): Iterable<(bytes: Uint8Array) => Uint8Array> {
  for (let at = 0; at < length; at++) {
    yield named(`byte ${at} altered`, (bytes) => bytes.with(at, (bytes[at] ?? 0) ^ (1 << (at % 8))));
    yield named(`cut off after ${at} bytes`, (bytes) => bytes.subarray(0, at));
  }
  yield named("a byte too many", (bytes) => Uint8Array.of(...bytes, 0));
}

function named<F extends (bytes: Uint8Array) => Uint8Array>(name: string, change: F): F {
  return Object.defineProperty(change, "name", { value: name });
}

function locks(makePlace: (context: TestContext) => StorePlace): void {
  it("lets one at a time work on an entry", async (context) => {
    const place = makePlace(context);
    await place.open().save("credentials", "count", secret("0"));
    let inside = 0;
    const increment = () =>
      place.open().withLock("credentials", "count", { purpose: "counts" }, async () => {
        inside += 1;
        assert.equal(inside, 1);
        const count = Number((await place.open().load("credentials", "count"))?.reveal());
        await new Promise(setImmediate);
        await place.open().save("credentials", "count", secret(String(count + 1)));
        inside -= 1;
      });
    await Promise.all(Array.from({ length: 20 }, increment));
    assert.equal((await place.open().load("credentials", "count"))?.reveal(), "20");
  });

  it("tells a waiter once who holds the lock, and what for", async (context) => {
    const place = makePlace(context);
    const told: LockHolder[] = [];
    const [taken, free] = [signal(), signal()];
    const holding = place.open().withLock("sessions", "a", { purpose: "signs somebody in" }, async () => {
      taken.send();
      await free.sent;
    });
    await taken.sent;
    const waiting = place.open().withLock(
      "sessions",
      "a",
      {
        purpose: "waits",
        waiting: (holder) => {
          told.push(holder);
          free.send();
        },
      },
      async ({ waited }) => waited,
    );
    assert.equal(await waiting, true);
    await holding;
    assert.equal(await place.open().withLock("sessions", "a", { purpose: "comes later" }, async ({ waited }) => waited), false);
    assert.deepEqual(
      told.map(({ pid, purpose }) => ({ pid, purpose })),
      [{ pid: process.pid, purpose: "signs somebody in" }],
    );
  });

  it("names what is locked, with or without an entry, and nothing else", async (context) => {
    const place = makePlace(context);
    await place.open().save("credentials", "aaaa.free", secret("x"));
    await place.open().withLock("credentials", "aaaa.held", { purpose: "works" }, async () => {
      await place.open().withLock("sessions", "ann", { purpose: "works" }, async () => {
        assert.deepEqual(await place.open().locked("credentials"), ["aaaa.held"]);
        assert.deepEqual(await place.open().locked("sessions"), ["ann"]);
      });
    });
    assert.deepEqual(await place.open().locked("credentials"), []);
  });

  it("locks each entry by itself", async (context) => {
    const store = makePlace(context).open();
    const work = store.withLock("keys", "a", { purpose: "outer", waiting: unexpected }, () =>
      store.withLock("keys", "b", { purpose: "inner", waiting: unexpected }, () =>
        store.withLock("sessions", "a", { purpose: "innermost", waiting: unexpected }, async () => "done"),
      ),
    );
    assert.equal(await work, "done");
  });

  it("lets go when the work fails, and passes its error on", async (context) => {
    const store = makePlace(context).open();
    const failure = new Error("planned");
    const failing = store.withLock("keys", "a", { purpose: "fails", waiting: unexpected }, () => Promise.reject(failure));
    await assert.rejects(failing, failure);
    assert.equal(await store.withLock("keys", "a", { purpose: "works", waiting: unexpected }, async () => "done"), "done");
  });
}

function secret(text: string): Secret<string> {
  return new Secret("test value", text);
}

function ignore(): void {}

function unexpected(): never {
  assert.fail("the lock was not free");
}

function signal(): { send(): void; sent: Promise<void> } {
  let send = ignore;
  const sent = new Promise<void>((resolve) => {
    send = resolve;
  });
  return { send: () => send(), sent };
}
