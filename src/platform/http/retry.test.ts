import assert from "node:assert/strict";
import { test } from "node:test";
import { restSecondsOf } from "./retry.ts";

test("how long to rest is read in seconds or as a date, and is nothing where it is neither", () => {
  const date = "Sun, 22 Nov 2026 12:00:00 GMT";
  const rest = (value: string, more: Readonly<Record<string, string>> = { date }) =>
    restSecondsOf({ headers: { "retry-after": value, ...more } });
  assert.equal(rest("120"), 120);
  assert.equal(rest("Sun, 22 Nov 2026 12:00:30 GMT"), 30);
  // By which clock it is meant is not known.
  assert.equal(rest("Sun, 22 Nov 2026 12:00:30 GMT", {}), 0);
  for (const value of ["Sun, 22 Nov 2026 11:00:00 GMT", "soon", "-5", "1.5e9", `1${"0".repeat(40)}`])
    assert.equal(rest(value), 0);
  assert.equal(restSecondsOf({ headers: {} }), 0);
});
