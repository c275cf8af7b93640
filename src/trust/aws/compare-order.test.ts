import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareDates, compareNumbers } from "./compare-order.ts";

const ORDERS = ["equal", "less", "less-or-equal", "greater", "greater-or-equal"] as const;

function expected(order: (typeof ORDERS)[number], saw: number, wanted: number): "yes" | "no" {
  const holds = {
    equal: saw === wanted,
    less: saw < wanted,
    "less-or-equal": saw <= wanted,
    greater: saw > wanted,
    "greater-or-equal": saw >= wanted,
  }[order];
  return holds ? "yes" : "no";
}

test("numbers are compared as JavaScript does where it is exact", () => {
  // Multiples of 1/8 are exact both in binary and in three decimals.
  const number = fc.integer({ min: -400, max: 400 }).map((eighths) => eighths / 8);
  const written = fc.constantFrom<(value: number) => string>(
    String,
    (value) => value.toFixed(3),
    (value) => (value < 0 ? "" : "+") + value,
  );
  fc.assert(
    fc.property(fc.constantFrom(...ORDERS), number, number, written, written, (order, wanted, saw, write, writeToo) => {
      assert.equal(compareNumbers(order, write(wanted), writeToo(saw)), expected(order, saw, wanted));
    }),
    { numRuns: 2000 },
  );
});

test("integers of any size are compared exactly", () => {
  assert.equal(compareNumbers("less", "900719925474099267", "900719925474099266"), "yes");
  assert.equal(compareNumbers("equal", `1${"0".repeat(400)}`, `1${"0".repeat(400)}.0`), "yes");
  assert.equal(compareNumbers("equal", "0.1", "0.10000000000000000001"), "no");
});

for (const text of ["", "1e3", "0x10", "1.", ".5", "1,5", " 1", "١", "--1", "NaN", "Infinity"]) {
  test(`"${text}" is no number`, () => {
    assert.equal(compareNumbers("equal", text, "1"), "unknown");
    assert.equal(compareNumbers("equal", "1", text), "unknown");
  });
}

test("dates are compared by their instant, however they are written", () => {
  const instant = fc.integer({ min: 1_000_000_000, max: 1_900_000_000 });
  const written = fc.constantFrom<(seconds: number) => string>(
    String,
    (seconds) => new Date(seconds * 1000).toISOString(),
    (seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`,
    (seconds) => `${new Date((seconds + 5400) * 1000).toISOString().slice(0, 19)}+01:30`,
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...ORDERS),
      instant,
      fc.integer({ min: -1, max: 1 }),
      written,
      written,
      (order, wanted, by, write, writeToo) => {
        assert.equal(compareDates(order, write(wanted), writeToo(wanted + by)), expected(order, wanted + by, wanted));
      },
    ),
    { numRuns: 1000 },
  );
});

for (const [order, wanted, saw, holds] of [
  ["equal", "2026-03-04", "2026-03-04T00:00:00Z", "yes"],
  ["equal", "2026-03", "2026-03-01T00:00:00Z", "yes"],
  ["equal", "2026-03-04T12:30Z", "2026-03-04T12:30:00Z", "yes"],
  ["equal", "2026-03-04T12:30:00.5Z", "2026-03-04T12:30:00Z", "no"],
  ["greater", "2026", "2026-03-04T00:00:00Z", "yes"],
  ["less", "2027", "2026-03-04T00:00:00Z", "unknown"],
  ["less", "2026", "2026-03-04T00:00:00Z", "no"],
  ["greater", "2024-02-29", "2026-03-04T00:00:00Z", "yes"],
  ["greater", "2023-02-29", "2026-03-04T00:00:00Z", "unknown"],
  ["greater", "2026-03-04T12:30:00", "2026-03-04T12:30:00Z", "unknown"],
  ["greater", "2026-02-30", "2026-03-04T12:30:00Z", "unknown"],
  ["greater", "2026-13-01", "2026-03-04T12:30:00Z", "unknown"],
  ["greater", "4 March 2026", "2026-03-04T12:30:00Z", "unknown"],
  ["greater", "20260304", "2026-03-04T12:30:00Z", "yes"],
] as const) {
  test(`${saw} ${order} ${wanted}: ${holds}`, () => assert.equal(compareDates(order, wanted, saw), holds));
}
