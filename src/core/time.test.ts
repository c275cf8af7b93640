import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { formatDuration, formatUtc, parseDuration, parseUtc } from "./time.ts";

const ANY = { min: 0, max: Number.MAX_SAFE_INTEGER, where: "--wait" };

describe("a duration", () => {
  test("is read in the forms that people write", () => {
    for (const [text, seconds] of [
      ["90s", 90],
      ["15m", 900],
      ["1h", 3600],
      ["1h30m", 5400],
      ["1d", 86_400],
      [" 45m ", 2700],
      ["3600", 3600],
      [3600, 3600],
      ["0", 0],
    ] as const) {
      assert.equal(parseDuration(text, ANY), seconds);
    }
  });

  test("that is anything else is refused", () => {
    for (const text of ["", " ", "h", "1 h", "1.5h", "-1h", "+1h", "1H", "1w", "1h m", "１h", "0x10", "1e3", "NaN", "Infinity"]) {
      assert.throws(() => parseDuration(text, ANY), { code: "DURATION_INVALID" }, text);
    }
    for (const number of [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60]) {
      assert.throws(() => parseDuration(number, ANY), { code: "DURATION_INVALID" });
    }
  });

  test("may be as long as its range, to the second", () => {
    const range = { ...ANY, min: 900, max: 43_200 };
    assert.equal(parseDuration("15m", range), 900);
    assert.equal(parseDuration("12h", range), 43_200);
    for (const text of ["899", "43201", "14m59s", "12h1s"]) {
      assert.throws(() => parseDuration(text, range), { code: "DURATION_INVALID" });
    }
  });

  test("that is refused is told with its place", () => {
    for (const text of ["1w", "2h"]) {
      assert.throws(() => parseDuration(text, { min: 0, max: 3600, where: "--wait" }), { message: /^--wait: .*(1w|2h)/ });
    }
  });

  test("of any text is a number of seconds in its range, or a fault", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9dhms ]{0,12}$/)), (text) => {
        try {
          const seconds = parseDuration(text, { ...ANY, min: 60, max: 1_000_000 });
          assert.ok(Number.isSafeInteger(seconds) && seconds >= 60 && seconds <= 1_000_000);
        } catch (cause) {
          assert.equal((cause as { code?: string }).code, "DURATION_INVALID");
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("is written in its two largest units, and what was written is read as the same to a part of it", () => {
    for (const [seconds, text] of [
      [0, "0s"],
      [-5, "0s"],
      [59, "59s"],
      [60, "1m"],
      [3600, "1h"],
      [5400, "1h30m"],
      [90_061, "1d1h"],
      [3599.6, "1h"],
    ] as const) {
      assert.equal(formatDuration(seconds), text);
    }
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (seconds) => {
        const read = parseDuration(formatDuration(seconds), ANY);
        const lost = seconds >= 86_400 ? 3600 : seconds >= 3600 ? 60 : 1;
        assert.ok(read <= seconds && seconds - read < lost);
      }),
    );
  });
});

describe("an instant", () => {
  const instant = fc.integer({ min: 0, max: 253_402_300_799 });

  test("is read as it was written", () => {
    assert.equal(formatUtc(1_772_627_400), "2026-03-04T12:30:00Z");
    fc.assert(fc.property(instant, (at) => parseUtc(formatUtc(at)) === at));
    const asDateWrites = (at: number): string => `${new Date(at * 1000).toISOString().slice(0, 19)}Z`;
    // Each day of the 400 years after which the calendar begins again, at a second that differs from day to day.
    for (let day = -146_097 / 2 - 0.5; day < 146_097 / 2; day++) {
      const at = day * 86_400 + ((((day * 7919) % 86_400) + 86_400) % 86_400);
      assert.equal(formatUtc(at), asDateWrites(at));
    }
  });

  test("is read with its zone, and without fractions", () => {
    for (const text of ["2026-03-04T12:30:00.999Z", "2026-03-04T13:30:00+01:00", "2026-03-04T07:00:00-05:30"]) {
      assert.equal(parseUtc(text), 1_772_627_400, text);
    }
  });

  test("that is none is null", () => {
    for (const text of [
      "",
      "now",
      "2026-03-04",
      "2026-03-04T12:30:00",
      "2026-13-04T12:30:00Z",
      "2026-03-04T25:30:00Z",
      "2026-03-04T24:00:00Z",
      "2027-02-31T00:00:00Z",
      "2027-02-29T00:00:00+01:00",
      "2027-04-31T12:00:00.5Z",
      "2026-03-04 12:30:00Z",
      "2026-03-04T12:30:00Z ",
    ]) {
      assert.equal(parseUtc(text), null, text);
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        const at = parseUtc(text);
        assert.ok(at === null || Number.isSafeInteger(at));
      }),
    );
  });
});
