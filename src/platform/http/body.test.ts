import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { bodyCollector } from "./body.ts";

describe("a body", () => {
  it("is the same text in whatever parts it comes, also when it is not UTF-8", () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.string({ unit: "binary" }).map((text) => new TextEncoder().encode(text)),
    );
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 7 }), (body, size) => {
        const collector = bodyCollector(body.length);
        for (let start = 0; start < body.length; start += size) collector.add(body.subarray(start, start + size));
        assert.equal(collector.finish(String(body.length)), new TextDecoder().decode(body));
      }),
      { examples: [[Uint8Array.of(0xef, 0xbb, 0xbf, 0x41, 0xf0, 0x9f), 1]] },
    );
  });

  it("may come byte by byte", () => {
    const count = 1024 * 1024;
    const collector = bodyCollector(count);
    for (let index = 0; index < count; index += 1) collector.add(Uint8Array.of(0x41));
    assert.equal(collector.finish(null), "A".repeat(count));
  });
});
