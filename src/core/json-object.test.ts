import assert from "node:assert/strict";
import { test } from "node:test";
import { isJsonObject, parseJsonObject } from "./json-object.ts";

test("an object of JSON is neither null nor a list nor a plain value", () => {
  assert.deepEqual([{}, { a: 1 }, [], null, "{}", 1, undefined].map(isJsonObject), [
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});

test("only the text of an object is read as one", () => {
  assert.deepEqual(parseJsonObject(' {"a":[1]} '), { a: [1] });
  for (const text of ["", "{", "[]", "null", '"{}"', "{}{}"]) assert.equal(parseJsonObject(text), null, text);
});
