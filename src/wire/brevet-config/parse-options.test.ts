import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import { placeIn } from "../../core/place.ts";
import { parseOptions } from "./parse-options.ts";

const schema = v.strictObject({
  roleArn: v.string(),
  duration: v.optional(v.union([v.string(), v.number()])),
  generation: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  mode: v.optional(v.picklist(["auto", "never"])),
  arns: v.optional(v.array(v.string())),
  tags: v.optional(v.record(v.string(), v.string())),
  readOnly: v.optional(v.boolean()),
});

const WHERE = placeIn(null, "profiles.dev.aws");

function faultOf(raw: unknown): Fault {
  try {
    parseOptions(schema, raw, WHERE);
  } catch (cause) {
    assert.ok(cause instanceof Fault);
    return cause;
  }
  throw new assert.AssertionError({ message: `this was accepted: ${JSON.stringify(raw)}` });
}

test("options of the right shape are handed on", () => {
  const raw = { roleArn: "x", duration: 900, mode: "auto", arns: ["a"], tags: { a: "b" }, readOnly: true };
  assert.deepEqual(parseOptions(schema, raw, WHERE), raw);
  assert.deepEqual(parseOptions(schema, { roleArn: "x" }, WHERE), { roleArn: "x" });
});

describe("a value of the wrong shape is named by its place and what belongs there", () => {
  for (const [raw, at, wanted] of [
    [{}, `${WHERE}.roleArn`, "is missing"],
    [{ roleArn: 5 }, `${WHERE}.roleArn`, "has to be a text in quotes"],
    [{ roleArn: null }, `${WHERE}.roleArn`, "has to be a text in quotes"],
    [{ roleArn: "x", arns: "a" }, `${WHERE}.arns`, "has to be a list"],
    [{ roleArn: "x", arns: ["a", 1] }, `${WHERE}.arns.1`, "has to be a text in quotes"],
    [{ roleArn: "x", tags: { a: [] } }, `${WHERE}.tags.a`, "has to be a text in quotes"],
    [{ roleArn: "x", readOnly: "yes" }, `${WHERE}.readOnly`, "has to be true or false"],
    [{ roleArn: "x", mode: "always" }, `${WHERE}.mode`, 'has to be one of "auto", "never"'],
    [{ roleArn: "x", duration: true }, `${WHERE}.duration`, "has to be a text in quotes or a number"],
    [{ roleArn: "x", generation: 0.5 }, `${WHERE}.generation`, "has to be a whole number"],
    [{ roleArn: "x", generation: 0 }, `${WHERE}.generation`, "has to be 1 or more"],
    [[], `${WHERE}`, "has to be an object"],
    ["x", `${WHERE}`, "has to be an object"],
    [null, `${WHERE}`, "has to be an object"],
  ] as const) {
    test(JSON.stringify(raw), () => {
      const fault = faultOf(raw);
      assert.deepEqual([fault.code, fault.details["at"]], ["CONFIG_MALFORMED", at]);
      assert.equal(fault.message, `${at} ${wanted}`);
    });
  }
});

test("a misspelt key is told before the one that is then missing", () => {
  const fault = faultOf({ roleArm: "x" });
  assert.equal(fault.code, "CONFIG_KEY_UNKNOWN");
  assert.deepEqual(fault.hints, ['did you mean "roleArn"?']);
});

test("what stood there is not repeated: it may be a secret in the wrong place", () => {
  const planted = "hunter2-planted";
  for (const raw of [{ roleArn: [planted] }, { roleArn: { x: planted } }, { roleArn: "x", mode: planted }, planted, [planted]]) {
    const { message, hints, details } = faultOf(raw);
    assert.equal(JSON.stringify([message, hints, details]).includes(planted), false, message);
  }
});

test("any value is accepted or a fault", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom("roleArn", "mode", "tags", "__proto__"), fc.jsonValue())),
      (raw) => {
        try {
          assert.equal(typeof parseOptions(schema, raw, WHERE).roleArn, "string");
        } catch (cause) {
          assert.ok(cause instanceof Fault, String(cause));
        }
      },
    ),
  );
});
