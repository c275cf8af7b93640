import assert from "node:assert/strict";
import { test } from "node:test";
import { readCookies } from "./cookies.ts";

test("cookies are read as they were sent, and of one name the first", () => {
  assert.deepEqual(
    [...readCookies("a=1; b=2;c=x=y; a=3; =4; d")],
    [
      ["a", "1"],
      ["b", "2"],
      ["c", "x=y"],
    ],
  );
  assert.equal(readCookies("\u00a0__Host-a=1").has("__Host-a"), false);
  assert.equal(readCookies("").size, 0);
});

test("a header as long as one may be is read at once, whatever is in it", () => {
  for (const long of [" ", "\t", "a ", "a=", ";", "; "]) assert.ok(readCookies(long.repeat(100_000)).size < 2);
});
