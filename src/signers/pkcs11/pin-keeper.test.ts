import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { memoryStore } from "../../../test/contracts/signer-memory-store.ts";
import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import { pinKeeper } from "./pin-keeper.ts";

const PLACE = "laptop.pin.pkcs11";

/** A token that takes one PIN, and a person who types these, one after the other. */
function bench(typed: string[]) {
  const store = memoryStore();
  const tried: string[] = [];
  const withPin = pinKeeper({ store, name: PLACE }, { pin: async () => new Secret("PIN", typed.shift() ?? "nobody is there") });
  const use = () =>
    withPin(async (pin) => {
      tried.push(pin?.reveal() ?? "none");
      if (pin?.reveal() !== "1234") throw new Fault("PIN_WRONG", "the PIN is wrong");
    });
  return { store, tried, use };
}

describe("a PIN that the store keeps", () => {
  it("is asked for once, and kept when the token took it", async () => {
    const { store, tried, use } = bench(["1234"]);
    await use();
    await use();
    assert.deepEqual(tried, ["1234", "1234"]);
    assert.equal((await store.load("keys", PLACE))?.reveal(), "1234");
  });

  it("is neither kept nor tried again when the token refused it, though it was right before", async () => {
    const { store, tried, use } = bench(["0000", "1234"]);
    await assert.rejects(use(), { code: "PIN_WRONG" });
    assert.equal(await store.load("keys", PLACE), null);
    await store.save("keys", PLACE, new Secret("PIN", "of the token before"));
    await assert.rejects(use(), { code: "PIN_WRONG" });
    await use();
    assert.deepEqual(tried, ["0000", "of the token before", "1234"]);
  });
});
