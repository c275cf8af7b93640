import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import { applyPlan, checkPlan } from "../../src/flows/apply-plan.ts";
import { setupChecks } from "../../src/flows/checks/setup-checks.ts";
import type { Plan, Step } from "../../src/setup/plan.ts";
import type { Provisioner } from "../../src/setup/provisioner.ts";
import { type PlanRecords, parseRecord } from "../../src/setup/record.ts";
import { newWorld, planFor, undoRecorded, WANTED, type World } from "./plan-world.ts";

describe("a plan", () => {
  it("is applied in order, each step told what the earlier ones gave, and undone in reverse", async () => {
    const world = newWorld();
    await applyPlan(planFor(world, WANTED), world.ports);
    assert.deepEqual(Object.fromEntries(world.things), WANTED);
    assert.equal((await world.ports.records.load("test"))?.command, world.ports.command);
    const { undone, left } = await undoRecorded(world);
    assert.deepEqual(
      undone.map(({ id }) => id),
      ["c", "b", "a"],
    );
    assert.deepEqual(left, []);
    assert.deepEqual(world.calls, [
      "apply a after nothing",
      "apply b after a",
      "apply c after a+b",
      "undo c id-c",
      "undo b id-b",
      "undo a id-a",
    ]);
    assert.equal(world.things.size, 0);
    assert.equal(world.records.size, 0);
  });

  it("that finds everything done changes nothing, and its record can still be undone", async () => {
    const world = newWorld();
    await applyPlan(planFor(world, WANTED), world.ports);
    const first = world.records.get("test");
    world.calls.length = 0;
    await applyPlan(planFor(world, WANTED), world.ports);
    assert.deepEqual(world.calls, []);
    assert.equal(world.records.get("test"), first);
    await undoRecorded(world);
    assert.equal(world.things.size, 0);
  });

  it("with nothing to do and nothing of ours leaves no record", async () => {
    const world = newWorld({ a: "1" });
    const plan = planFor(world, { a: "1" });
    await applyPlan({ ...plan, steps: plan.steps.map((step) => ({ ...step, owner: "theirs" as const })) }, world.ports);
    assert.equal(world.records.size, 0);
  });

  it("made again with another wish goes back, when undone, to what was before the first", async () => {
    const world = newWorld({ a: "0" });
    await applyPlan(planFor(world, { a: "1", b: "1" }), world.ports);
    await applyPlan(planFor(world, { a: "2", b: "2" }), world.ports);
    assert.deepEqual(Object.fromEntries(world.things), { a: "2", b: "2" });
    await undoRecorded(world);
    assert.deepEqual(Object.fromEntries(world.things), { a: "0" });
  });

  it("is applied at once where its steps stand in one file: all of them or none, and each is undone by itself", async () => {
    const world = newWorld();
    const provisioner = await world.ports.provisionerFor("thing");
    const together: Provisioner = {
      ...provisioner,
      async applyTogether(steps) {
        world.calls.push(`apply ${steps.map(({ id }) => id).join("+")} of ${steps[0].address["file"]}`);
        if (steps.some(({ id }) => world.trouble?.at === id)) throw new Fault("PLAN_CONFLICT", "not as it was");
        for (const { id, after } of steps) world.things.set(id, after ?? "");
        return steps.map(({ id }) => ({ id: `id-${id}` }));
      },
    };
    let saves = 0;
    const save: PlanRecords["save"] = async (record) => {
      saves += 1;
      await world.ports.records.save(record);
    };
    const ports = { ...world.ports, provisionerFor: async () => together, records: { ...world.ports.records, save } };
    const inFiles = (plan: Plan): Plan => ({
      ...plan,
      steps: plan.steps.map((step) => ({ ...step, address: { ...step.address, file: step.id === "d" ? "two" : "one" } })),
    });
    const wanted = inFiles(planFor(world, { ...WANTED, d: "4" }));
    world.trouble = { at: "b", what: "fails" };
    await assert.rejects(applyPlan(wanted, ports), { code: "PLAN_CONFLICT" });
    assert.deepEqual([world.things.size, world.records.size], [0, 0]);
    world.trouble = null;
    saves = 0;
    await applyPlan(wanted, ports);
    assert.deepEqual(world.calls, ["apply a+b+c of one", "apply a+b+c of one", "apply d of two"]);
    assert.ok(saves <= 5, `${saves}`);
    assert.deepEqual(Object.fromEntries(world.things), { ...WANTED, d: "4" });
    await undoRecorded(world);
    assert.deepEqual(world.calls.slice(3), ["undo d id-d", "undo c id-c", "undo b id-b", "undo a id-a"]);
    assert.equal(world.things.size, 0);
  });

  it("made again without a step keeps that step in the record", async () => {
    const world = newWorld();
    await applyPlan(planFor(world, { a: "1", b: "1" }), world.ports);
    await applyPlan(planFor(world, { a: "2" }), world.ports);
    await undoRecorded(world);
    assert.equal(world.things.size, 0);
  });

  it("adopts what is ours though its record was lost, so that it can be undone", async () => {
    const world = newWorld();
    await applyPlan(planFor(world, WANTED), world.ports);
    world.records.clear();
    await applyPlan(planFor(world, WANTED), world.ports);
    await undoRecorded(world);
    assert.equal(world.things.size, 0);
  });
});

describe("a plan in parts", () => {
  const partsOf = (world: World): readonly [Plan, Plan] => {
    const plan = planFor(world, WANTED);
    return [
      { ...plan, steps: plan.steps.slice(0, 2) },
      { ...plan, steps: plan.steps.slice(2) },
    ];
  };
  const told = async (world: World): Promise<readonly unknown[]> =>
    Promise.all((await setupChecks(world.ports.records)).map(({ run }) => run()));

  it("is told by doctor as long as a part is to come, also where the process is gone, and is undone wholly", async () => {
    const world = newWorld();
    const [first, rest] = partsOf(world);
    await applyPlan(first, world.ports, "more");
    const text = "the run that made it was ended before all of it was made";
    const hint = "the same command again goes on, `brevet unsetup test` undoes what was done";
    assert.deepEqual(await told(world), [{ outcome: "bad", text, hint }]);
    await applyPlan(rest, world.ports);
    assert.deepEqual(await told(world), []);
    const whole = world.records.get("test");
    for (const [index, part] of partsOf(world).entries()) await applyPlan(part, world.ports, index === 0 ? "more" : "last");
    assert.equal(world.records.get("test"), whole);
    await applyPlan({ ...first, steps: planFor(world, { a: "2" }).steps }, world.ports, "more");
    assert.equal((await told(world)).length, 1);
    await undoRecorded(world);
    assert.deepEqual([world.things.size, await told(world)], [0, []]);
  });

  it("goes on with the same command after it was left, where its first part finds everything done", async () => {
    const world = newWorld();
    await applyPlan(partsOf(world)[0], world.ports, "more");
    const [first, rest] = partsOf(world);
    await applyPlan(first, world.ports, "more");
    assert.equal((await told(world)).length, 1);
    await applyPlan(rest, world.ports);
    assert.deepEqual([Object.fromEntries(world.things), await told(world)], [WANTED, []]);
  });

  it("that was whole stays so when somebody was faster with a change of it", async () => {
    const world = newWorld();
    await applyPlan(planFor(world, WANTED), world.ports);
    const change = planFor(world, { a: "9" });
    world.things.set("a", "theirs");
    await assert.rejects(applyPlan(change, world.ports, "more"), { code: "PLAN_CONFLICT" });
    assert.deepEqual(await told(world), []);
  });
});

describe("a record", () => {
  it("that was damaged is a fault, never an empty one", () => {
    for (const text of [
      "",
      "{}",
      "[]",
      '{"version":2}',
      '{"version":1,"id":"x","title":"y","changedAt":1,"sequence":1,"steps":[{}]}',
    ]) {
      assert.throws(
        () => parseRecord(text, "x"),
        (error) => error instanceof Fault && error.code === "STORE_ENTRY_DAMAGED",
      );
    }
  });

  it("refuses to forget what it made: another resource for the same step is a conflict, and nothing is touched", async () => {
    const world = newWorld();
    await applyPlan(planFor(world, { stack: "v1" }), world.ports);
    const [step] = planFor(world, { other: "v1" }).steps;
    assert.ok(step);
    const moved: Plan = { id: "test", title: "a test", steps: [{ ...step, id: "stack" }] };
    const refusal = { code: "PLAN_CONFLICT", details: { step: "stack" } };
    await assert.rejects(checkPlan(moved, world.ports), refusal);
    await assert.rejects(applyPlan(moved, world.ports), refusal);
    assert.deepEqual([...world.things], [["stack", "v1"]]);
    await undoRecorded(world);
    assert.deepEqual([...world.things], []);
    await applyPlan(moved, world.ports);
    assert.deepEqual([...world.things], [["other", "v1"]]);
  });

  it("goes on where only the file or the keys of a step are others", async () => {
    const world = newWorld();
    const [step] = planFor(world, { pool: "v1" }).steps;
    assert.ok(step);
    const plan = (address: Step["address"]): Plan => ({ id: "test", title: "a test", steps: [{ ...step, address }] });
    await applyPlan(plan({ name: "pool", file: "/a", jwks: "1" }), world.ports);
    await applyPlan(plan({ name: "pool", file: "/b", jwks: "2" }), world.ports);
    assert.deepEqual([...world.things], [["pool", "v1"]]);
  });

  it("records what it only found as made, for those are the words when it is taken back", async () => {
    const world = newWorld({ stack: "v1" });
    const { steps, ...plan } = planFor(world, { stack: "v1" });
    await applyPlan({ ...plan, steps: steps.map((step) => ({ ...step, does: "keep the stack" })) }, world.ports);
    const { undone } = await undoRecorded(world);
    assert.deepEqual(
      undone.map(({ does }) => does),
      ["create the stack"],
    );
  });
});
