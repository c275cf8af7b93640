import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { digestOf } from "./digest.ts";

test("the order in which keys were written does not matter, that of a list does", () => {
  assert.equal(digestOf({ a: 1, b: { c: [1, 2], d: null } }), digestOf({ b: { d: null, c: [1, 2] }, a: 1 }));
  assert.notEqual(digestOf([1, 2]), digestOf([2, 1]));
});

test("a member that is undefined is as one that is not there", () => {
  assert.equal(digestOf({ a: 1, b: undefined }), digestOf({ a: 1 }));
});

test("what differs has another digest", () => {
  const values = [
    null,
    0,
    "0",
    "",
    [],
    {},
    [[]],
    [{}],
    { a: [] },
    { a: {} },
    { a: "1,b:2" },
    { a: 1, b: 2 },
    ["a", "b"],
    ["a,b"],
  ];
  assert.equal(new Set(values.map(digestOf)).size, values.length);
});

test("of any JSON value it is 64 hexadecimal digits, the same after a round trip", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      assert.match(digestOf(value), /^[0-9a-f]{64}$/);
      assert.equal(digestOf(JSON.parse(JSON.stringify(value))), digestOf(value));
    }),
  );
});
