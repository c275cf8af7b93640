import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { joined, sameBytes, textOf, utf8 } from "./bytes.ts";

test("a text is encoded and decoded as `Buffer` does it, a byte order mark and lone surrogates too", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.deepEqual(Buffer.from(utf8(text)), Buffer.from(text));
      assert.equal(textOf(utf8(text)), Buffer.from(text).toString());
    }),
    { examples: [["\uFEFF{}"], ["\uD800"], ["a\uDC00b"], ["\u{1F511}"], [""]] },
  );
});

test("any bytes are decoded as `Buffer` does it", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => assert.equal(textOf(bytes), Buffer.from(bytes).toString())),
    {
      examples: [[Uint8Array.of(0xef, 0xbb, 0xbf, 0x41)], [Uint8Array.of(0xe2, 0x82)], [Uint8Array.of(0xf0, 0x9f, 0x41)]],
    },
  );
});

test("parts are joined in their order, also those that are views of a part", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), (parts) => assert.deepEqual(Buffer.from(joined(...parts)), Buffer.concat(parts))),
  );
  const whole = utf8("0123456789");
  assert.deepEqual(joined(whole.subarray(8), whole.subarray(2, 4)), utf8("8923"));
});

test("only the same bytes are the same", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3 }), fc.uint8Array({ maxLength: 3 }), (left, right) => {
      assert.equal(sameBytes(left, right), Buffer.from(left).equals(right));
      assert.ok(sameBytes(left, new Uint8Array(left)));
    }),
  );
});
