import assert from "node:assert/strict";
import { test } from "node:test";
import { RUNTIMES, ranIn } from "./both-runtimes.ts";

for (const runtime of RUNTIMES) {
  // Where each character cost a note of its own, Bun gave up: eight times what brevet takes of an answer shows it.
  test(`${runtime} reads a long text at once`, () => {
    assert.equal(ranIn(runtime, "plain-xml-child.ts").said, 8 * 1024 * 1024);
  });
}
