import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault } from "./fault.ts";

const LONG = "x".repeat(100_000);

describe("a fault about a token", () => {
  test("shows no part of it, whole or cut, in the message, the hints and the details", () => {
    const token = `eyJ${"aB3-_".repeat(8)}`;
    for (const quoted of [`${token}.${token}.c2lnbmF0dXJl`, `${token}.${token}`, token, `Bearer ${token}.${token}.`]) {
      const fault = new Fault("EXCHANGE_REFUSED", `refused ${quoted}!`, {
        hints: [quoted],
        details: { said: quoted, all: [quoted] },
      });
      const shown = [fault.message, ...fault.hints, String(fault.details["said"]), String(fault.details["all"])];
      for (const text of shown) assert.match(text, /^(?:refused )?(?:Bearer )?\[token\]!?$/);
    }
  });
});

describe("a fault about a very long value", () => {
  test("shows its beginning and its length, in the message, the hints and the details", () => {
    const fault = new Fault("USAGE_INVALID", `--role: "${LONG}" is not an ARN`, {
      hints: [`try ${LONG}`],
      details: { at: LONG },
    });
    for (const text of [fault.message, fault.hints[0] ?? "", String(fault.details["at"])]) {
      assert.match(text, /x{100,}… \(10000[0-2] characters\)/);
      assert.ok(text.length < 300, text);
    }
    assert.match(fault.message, /^--role: ".*" is not an ARN$/);
  });

  test("is short whatever it is made of", () => {
    for (const text of ["a b ".repeat(50_000), `"${'a\\" b'.repeat(50_000)}"`, '"'.repeat(100_000), "\n".repeat(100_000)]) {
      assert.ok(new Fault("USAGE_INVALID", `the program ${text} is not there`).message.length < 4200);
    }
  });

  // Each would take minutes by a pattern that is tried again at every mark of it.
  test("is made at once, of whatever marks that are never closed", () => {
    for (const text of [
      `"${'\\" '.repeat(300_000)}`,
      "eyJaaaaaaaa-".repeat(80_000),
      `eyJaaaaaaaa.${"eyJaaaaaaaa-".repeat(80_000)}`,
    ]) {
      assert.ok(new Fault("USAGE_INVALID", text).message.length < 4200);
    }
  });

  test("shows whole what people type: a URL, an ARN, a path, a list of names", () => {
    const names = Array.from({ length: 100 }, (_, index) => `profile-${index}`).join(", ");
    for (const text of [`https://example.com/${"a".repeat(400)}`, `/${"folder/".repeat(60)}`, names]) {
      assert.equal(new Fault("USAGE_INVALID", `see ${text}`).message, `see ${text}`);
    }
  });
});

test("a fault that is told more exactly further out keeps its code, its details and its cause", () => {
  const cause = new Error("refused");
  const fault = new Fault("NETWORK_UNREACHABLE", "a.example cannot be reached", {
    cause,
    hints: ["look"],
    details: { reason: "name" },
  });
  const told = fault.told({ hints: ["look", "there"] });
  assert.deepEqual(
    [told.code, told.message, told.hints],
    ["NETWORK_UNREACHABLE", "a.example cannot be reached", ["look", "there"]],
  );
  assert.deepEqual([told.details, told.cause], [{ reason: "name" }, cause]);
  assert.deepEqual([fault.told({ message: "b" }).message, fault.told({ message: "b" }).hints], ["b", ["look"]]);
});
