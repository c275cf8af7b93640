import assert from "node:assert/strict";
import { test } from "node:test";
import { RUNTIMES, ranIn } from "./both-runtimes.ts";

for (const runtime of RUNTIMES) {
  // While each character cost a note of its own, Bun gave up. A text eight times as long as any answer that brevet takes shows that.
  test(`${runtime} reads a long text at once`, () => {
    assert.equal(ranIn(runtime, "plain-xml-child.ts").said, 8 * 1024 * 1024);
  });
}
