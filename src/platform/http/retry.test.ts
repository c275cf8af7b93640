import assert from "node:assert/strict";
import { test } from "node:test";
import { laterHint, restSecondsOf } from "./retry.ts";

test("how long to rest is read in seconds or as a date, and is nothing where it is neither", () => {
  const date = "Sun, 22 Nov 2026 12:00:00 GMT";
  const rest = (value: string, more: Readonly<Record<string, string>> = { date }) =>
    restSecondsOf({ headers: { "retry-after": value, ...more } });
  assert.equal(rest("120"), 120);
  assert.equal(rest("Sun, 22 Nov 2026 12:00:30 GMT"), 30);
  // By which clock it is meant is not known.
  assert.equal(rest("Sun, 22 Nov 2026 12:00:30 GMT", {}), 0);
  for (const value of [
    "Sun, 22 Nov 2026 11:00:00 GMT",
    "soon",
    "in 3000",
    "1 Jan 2027",
    "2026-11-22T13:00:00Z",
    "-5",
    "1.5e9",
    `1${"0".repeat(40)}`,
  ])
    assert.equal(rest(value), 0);
  assert.equal(restSecondsOf({ headers: {} }), 0);
});

test("when to come back is told within a day", () => {
  assert.equal(laterHint(86_400), "run the same command again in 1d");
  for (const seconds of [0, 86_401, 251_606_640_000]) assert.equal(laterHint(seconds), "run the same command again later");
});
