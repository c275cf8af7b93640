import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readCarefully } from "./read-jsonc.ts";
import { readPlain } from "./read-plain.ts";

/** What the careful parser makes of it; undefined when it finds anything wrong. */
function careful(text: string): unknown {
  try {
    return readCarefully(text, "config.json");
  } catch {
    return undefined;
  }
}

describe("a config that is plainly good", () => {
  test("is read at once, with comments and trailing commas", () => {
    const text = '{ // mine\n "a": "// no /* comment", /* x */ "b": [1, 2, ], "c": "\\"}", }';
    assert.deepEqual(readPlain(text), { a: "// no /* comment", b: [1, 2], c: '"}' });
  });

  test("is read as the careful parser reads it, whatever it holds", () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom("", " // x\n", "/* { */"), (json, comment) => {
        const text = comment + json + comment;
        const value = readPlain(text);
        if (value !== undefined) assert.deepEqual(value, careful(text));
      }),
    );
  });

  test("and nothing else is: words of JSON in any order are read as the careful parser reads them, or not at all", () => {
    const word = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"b"',
      "1",
      "null",
      "//c\n",
      "/*c*/",
      "\n",
      '"',
      "\\",
      "tr",
      "ue",
      "'",
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 14 }), (words) => {
        const text = words.join("");
        const value = readPlain(text);
        if (value !== undefined) assert.deepEqual(value, careful(text), text);
      }),
      { numRuns: 20_000 },
    );
  });
});

test("a key that is written twice, and brackets that are too deep, are left to the careful parser", () => {
  assert.equal(readPlain('{"a":1,"a":2}'), undefined);
  assert.equal(readPlain('{"a":{"b":1},"c":{"b":1,"b":2}}'), undefined);
  assert.equal(readPlain(`${"[".repeat(33)}${"]".repeat(33)}`), undefined);
  assert.deepEqual(readPlain('{"a":"\\"b\\":","c":["d:"]}'), { a: '"b":', c: ["d:"] });
});

test("__proto__ is a key like any other", () => {
  assert.ok(Object.hasOwn(readPlain('{"__proto__":1}') as object, "__proto__"));
});
