import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { inspect } from "node:util";
import { Secret } from "../../src/core/secret.ts";
import type { KeyGuardKind } from "../../src/core/store.ts";

const STORE = "0123456789abcdef";
const OTHER_STORE = "fedcba9876543210";

/** What every KeyGuard must do. `makeKind` gives the kind as a new process would, and cleans up by the test's context. */
export function keyGuardContract(name: string, makeKind: (context: TestContext) => () => KeyGuardKind): void {
  describe(`${name} as a KeyGuard`, () => {
    it("has no key before it is given one", async (context) => {
      assert.equal(await makeKind(context)().open(STORE).load(), null);
    });

    it("gives back to another process the key that it was given, and the last one", async (context) => {
      const kind = makeKind(context);
      for (const seed of [1, 255]) {
        const key = new Uint8Array(32).fill(seed);
        await kind().open(STORE).save(new Secret("key", key));
        assert.deepEqual((await kind().open(STORE).load())?.reveal(), key);
      }
    });

    it("keeps any key, bit for bit", async (context) => {
      const guard = makeKind(context)().open(STORE);
      const key = Uint8Array.from({ length: 32 }, (_, index) => (index * 37) % 256);
      await guard.save(new Secret("key", key));
      assert.deepEqual((await guard.load())?.reveal(), key);
    });

    it("does not give the key to another store", async (context) => {
      const kind = makeKind(context);
      await kind()
        .open(STORE)
        .save(new Secret("key", new Uint8Array(32).fill(7)));
      const other = await kind()
        .open(OTHER_STORE)
        .load()
        .catch((error: { code?: string }) => error.code);
      assert.ok(other === null || other === "STORE_KEY_FOREIGN", inspect(other));
    });

    it("forgets, also twice", async (context) => {
      const kind = makeKind(context);
      await kind()
        .open(STORE)
        .save(new Secret("key", new Uint8Array(32).fill(7)));
      await kind().open(STORE).destroy();
      assert.equal(await kind().open(STORE).load(), null);
      await kind().open(STORE).destroy();
    });

    it("says in one line what it is", (context) => {
      const kind = makeKind(context)();
      const guard = kind.open(STORE);
      assert.equal(guard.kind, kind.kind);
      assert.match(guard.summary, /^[^\n]{10,200}$/);
      assert.equal(guard.strength === "file", /weaker/.test(guard.summary));
    });
  });
}
