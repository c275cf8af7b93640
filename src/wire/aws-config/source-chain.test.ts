import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { endOfChain } from "./source-chain.ts";

describe("the end of a chain of source_profile", () => {
  const ends = (sources: Readonly<Record<string, string>>, name: string) => endOfChain(name, (one) => sources[one]);

  it("is who has no source, is its own, or is met again", () => {
    assert.equal(ends({ a: "b", b: "c" }, "a"), "c");
    assert.equal(ends({ a: "b", b: "b" }, "a"), "b");
    assert.equal(ends({ a: "b", b: "c", c: "b" }, "a"), "b");
    assert.equal(ends({}, "a"), "a");
  });

  it("is found however long the chain is", () => {
    assert.equal(
      endOfChain("0", (one) => (one === "100000" ? undefined : String(Number(one) + 1))),
      "100000",
    );
  });
});
