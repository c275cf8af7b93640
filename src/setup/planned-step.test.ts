import assert from "node:assert/strict";
import { test } from "node:test";
import { effectOf } from "./plan.ts";
import { ownStep, type WantedStep } from "./planned-step.ts";
import type { Present } from "./provisioner.ts";

const WANTED: WantedStep = { id: "a", kind: "a", address: { owner: "laptop" }, what: "the thing", after: "new" };

function outcome(wanted: WantedStep, present: Present): string {
  const step = ownStep(wanted, present);
  return `${effectOf(step)} ${step.owner}`;
}

test("what is ours or absent is made as wanted, and what is somebody else's is left alone", () => {
  assert.equal(outcome(WANTED, { state: null, owner: "nobody" }), "create nobody");
  assert.equal(outcome(WANTED, { state: "old", owner: "ours" }), "change ours");
  assert.equal(outcome(WANTED, { state: "new", owner: "ours" }), "keep ours");
  for (const state of ["old", "new"]) assert.throws(() => ownStep(WANTED, { state, owner: "theirs" }), { code: "PLAN_CONFLICT" });
});

test("a thing that bears no mark counts as theirs only where it is as wanted already", () => {
  const unmarked = { ...WANTED, unmarked: true };
  assert.equal(outcome(unmarked, { state: null, owner: "nobody" }), "create nobody");
  assert.equal(outcome(unmarked, { state: "old", owner: "ours" }), "change ours");
  assert.equal(outcome(unmarked, { state: "new", owner: "ours" }), "keep theirs");
});
