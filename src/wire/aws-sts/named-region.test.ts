import assert from "node:assert/strict";
import { test } from "node:test";
import { ambientRegion } from "./named-region.ts";

test("the environment's region comes with the variable that names it, and an empty one names none", () => {
  const both = { AWS_REGION: "us-east-2", AWS_DEFAULT_REGION: "us-west-2" };
  assert.deepEqual(ambientRegion(both), { region: "us-east-2", namedBy: "AWS_REGION" });
  assert.deepEqual(ambientRegion({ ...both, AWS_REGION: "" }), { region: "us-west-2", namedBy: "AWS_DEFAULT_REGION" });
  assert.equal(ambientRegion({ AWS_REGION: "", AWS_DEFAULT_REGION: "" }), null);
});
