import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { findDuplicateKey } from "./duplicate-keys.ts";

for (const [text, name] of [
  ['{"a":1,"a":2}', "a"],
  ['{"a":{"b":1,"c":[{"b":1}],"b":2}}', "b"],
  ['{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}', null],
  ['{"a":"a","b":"a:"}', null],
  ['{"a":["a","a"]}', null],
  ['{"a\\"":1,"a\\"" : 2}', 'a"'],
  ['{"\\u0061":1,"a":2}', "a"],
  ['{"a":"\\\\","b":"{","b":1}', "b"],
  ['{ "a" \n:\t1 , "a":2}', "a"],
  ['{"__proto__":1,"constructor":2}', null],
  ["[[],[]]", null],
] as const) {
  test(`the name twice in ${text} is ${name ?? "none"}`, () => assert.equal(findDuplicateKey(text), name));
}

test("what JSON.stringify writes has no name twice", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => assert.equal(findDuplicateKey(JSON.stringify(value)), null)));
});

test("a name that is written twice is found, however deep", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, name) => {
      const key = JSON.stringify(name);
      const inner = `{${key}:${JSON.stringify(value)},${key}:1}`;
      assert.equal(findDuplicateKey(`{"outer":[1,${inner}]}`), name);
    }),
  );
});
