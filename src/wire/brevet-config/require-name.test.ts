import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault } from "../../core/fault.ts";
import { requireName } from "./require-name.ts";

function faultOf(name: string): Fault {
  try {
    requireName(name, "profile");
  } catch (cause) {
    if (cause instanceof Fault) return cause;
  }
  throw new Error(`${name} was taken`);
}

describe("a name", () => {
  test("is returned as it is", () => {
    for (const name of ["a", "dev.eu-1_x", "9", "a".repeat(64)]) assert.equal(requireName(name, "identity"), name);
  });

  test("that cannot be one is answered by one that can", () => {
    assert.equal(faultOf("weird name").code, "NAME_INVALID");
    assert.match(faultOf("weird name").hints[0] ?? "", /such as `weird-name`$/);
    assert.match(faultOf("../up").hints[0] ?? "", /such as `up`$/);
    assert.doesNotMatch(faultOf("ÄÖ").hints[0] ?? "", /such as/);
  });

  test("of a page is not repeated whole", () => {
    const { message } = faultOf("a".repeat(10_000));
    assert.ok(message.length < 120, message);
  });
});
