import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { wrap } from "./wrap.ts";

describe("a text that is wrapped", () => {
  test("has lines of at most the width", () => {
    assert.deepEqual(wrap("one two three four", 9), ["one two", "three", "four"]);
  });

  test("keeps a command whole", () => {
    assert.deepEqual(wrap("now run `brevet status --check`, and look", 16), ["now run", "`brevet status --check`,", "and look"]);
  });

  test("stays as far in as it begins", () => {
    assert.deepEqual(wrap("  one two three", 9), ["  one two", "  three"]);
  });

  test("is not cut inside of a word, and an odd backtick is a character", () => {
    assert.deepEqual(wrap("https://id.example.com/laptop is` it", 8), ["https://id.example.com/laptop", "is` it"]);
  });
});
