import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import { applyPlan, type PlanPorts } from "../../src/flows/apply-plan.ts";
import { setupChecks } from "../../src/flows/checks/setup-checks.ts";
import type { Provisioner } from "../../src/setup/provisioner.ts";
import { parseRecord } from "../../src/setup/record.ts";
import { Died, newWorld, planFor, undoRecorded, WANTED, type World } from "./plan-world.ts";

describe("a plan that stops", () => {
  for (const what of ["dies before", "dies after"] as const) {
    for (const at of ["a", "b", "c"]) {
      it(`because the process ${what} ${at}: goes on, and is undone wholly`, async () => {
        const world = newWorld({ b: "0" });
        world.trouble = { at, what };
        await assert.rejects(applyPlan(planFor(world, WANTED), world.ports), Died);
        world.trouble = null;
        await applyPlan(planFor(world, WANTED), world.ports);
        assert.deepEqual(Object.fromEntries(world.things), WANTED);
        await undoRecorded(world);
        assert.deepEqual(Object.fromEntries(world.things), { b: "0" });
        assert.equal(world.records.size, 0);
      });

      it(`because the process ${what} ${at}: is undone without going on`, async () => {
        const world = newWorld({ b: "0" });
        world.trouble = { at, what };
        await assert.rejects(applyPlan(planFor(world, WANTED), world.ports), Died);
        await undoRecorded(world);
        assert.deepEqual(Object.fromEntries(world.things), { b: "0" });
        assert.equal(world.records.size, 0);
      });
    }
  }

  for (const what of ["dies before", "dies after"] as const) {
    it(`because the process ${what} a second change: is undone to what was before the first`, async () => {
      const world = newWorld({ b: "0" });
      await applyPlan(planFor(world, WANTED), world.ports);
      world.trouble = { at: "b", what };
      await assert.rejects(applyPlan(planFor(world, { a: "10", b: "20", c: "30" }), world.ports), Died);
      const { left } = await undoRecorded(world);
      assert.deepEqual(left, []);
      assert.deepEqual(Object.fromEntries(world.things), { b: "0" });
      assert.equal(world.records.size, 0);
    });
  }

  it("at a conflict keeps the record of what an earlier run did", async () => {
    const world = newWorld();
    const twin = planFor(world, WANTED);
    await applyPlan(planFor(world, { a: "1" }), world.ports);
    const first = world.records.get("test");
    await assert.rejects(
      applyPlan({ ...twin, steps: twin.steps.map((step) => ({ ...step, after: "other" })) }, world.ports),
      (error) => error instanceof Fault && error.code === "PLAN_CONFLICT",
    );
    assert.equal(world.records.get("test"), first);
    await undoRecorded(world);
    assert.equal(world.things.size, 0);
  });

  for (const [name, steps] of [
    ["at its first step", { a: "9", b: "9" }],
    ["after a step that the other made alike", { a: "1", b: "9" }],
  ] as const) {
    it(`because another run was faster ${name}: is a conflict, with no word of taking back what the other made`, async () => {
      const world = newWorld();
      const loser = planFor(world, steps);
      await applyPlan(planFor(world, { a: "1", b: "2" }), world.ports);
      const before = parseRecord(world.records.get("test") ?? "", "test").steps;
      await assert.rejects(applyPlan(loser, world.ports), (error) => {
        assert.ok(error instanceof Fault && error.code === "PLAN_CONFLICT");
        assert.deepEqual(error.hints, ["run the same command again: it starts from what is there now"]);
        return true;
      });
      assert.deepEqual(Object.fromEntries(world.things), { a: "1", b: "2" });
      assert.deepEqual(parseRecord(world.records.get("test") ?? "", "test").steps, before);
    });
  }

  it("at a conflict after a step that this run made: says how to take that back", async () => {
    const world = newWorld();
    const plan = planFor(world, WANTED);
    world.things.set("b", "somebody's");
    await assert.rejects(applyPlan(plan, world.ports), (error) => {
      assert.ok(error instanceof Fault && error.code === "PLAN_INTERRUPTED");
      assert.deepEqual(error.details, { step: "b", code: "PLAN_CONFLICT", done: ["make a"] });
      assert.ok(error.hints.includes("run `brevet unsetup test` to undo what was done"));
      return true;
    });
  });

  it("at a fault says which step, what was done and what to type", async () => {
    const world = newWorld();
    world.trouble = { at: "b", what: "fails" };
    await assert.rejects(applyPlan(planFor(world, WANTED), world.ports), (error) => {
      assert.ok(error instanceof Fault && error.code === "PLAN_INTERRUPTED");
      assert.deepEqual(error.details, { step: "b", code: "NETWORK_UNREACHABLE", done: ["make a"] });
      assert.ok(error.hints.includes("run `brevet unsetup test` to undo what was done"));
      return true;
    });
  });

  it("at a fault of the first step raises that fault", async () => {
    const world = newWorld();
    world.trouble = { at: "a", what: "fails" };
    await assert.rejects(
      applyPlan(planFor(world, WANTED), world.ports),
      (error) => error instanceof Fault && error.code === "NETWORK_UNREACHABLE",
    );
  });

  it("at a conflict of the first step leaves no record", async () => {
    const world = newWorld();
    const plan = planFor(world, WANTED);
    world.things.set("a", "somebody's");
    await assert.rejects(applyPlan(plan, world.ports), (error) => error instanceof Fault && error.code === "PLAN_CONFLICT");
    assert.equal(world.records.size, 0);
    assert.deepEqual(Object.fromEntries(world.things), { a: "somebody's" });
  });
});

describe("a plan that stopped", () => {
  const finding = async (world: World) => {
    const checks = await setupChecks(world.ports.records);
    return Promise.all(checks.map(async ({ name, run }) => ({ name, ...(await run()) })));
  };

  it("is found by doctor: where, why, and what to type; and is not any more when it went on", async () => {
    const world = newWorld();
    world.trouble = { at: "b", what: "fails" };
    await assert.rejects(applyPlan(planFor(world, WANTED), world.ports));
    assert.deepEqual(await finding(world), [
      {
        name: "setup test",
        outcome: "bad",
        text: 'stopped at "make b": no network (NETWORK_UNREACHABLE)',
        hint: "wait; the same command again goes on, `brevet unsetup test` undoes what was done",
      },
    ]);
    world.trouble = null;
    await applyPlan(planFor(world, WANTED), world.ports);
    assert.deepEqual(await finding(world), []);
  });

  it("because the process was ended is found by doctor too, whatever an earlier run met", async () => {
    const world = newWorld();
    world.trouble = { at: "b", what: "fails" };
    await assert.rejects(applyPlan(planFor(world, WANTED), world.ports));
    world.trouble = { at: "b", what: "dies before" };
    await assert.rejects(applyPlan(planFor(world, WANTED), world.ports), Died);
    const [found] = await finding(world);
    assert.equal(found?.text, '"make b" was begun, and the process was ended before it was done');
  });

  it("at a conflict after a step that it made is found by doctor, with the conflict", async () => {
    const world = newWorld();
    const plan = planFor(world, WANTED);
    world.things.set("b", "somebody's");
    await assert.rejects(applyPlan(plan, world.ports));
    const [found] = await finding(world);
    assert.equal(found?.text, 'stopped at "make b": not as it was (PLAN_CONFLICT)');
  });

  it("whose record is damaged is found by doctor", async () => {
    const world = newWorld();
    world.records.set("test", "{}");
    const [found] = await finding(world);
    assert.equal(found?.code, "STORE_ENTRY_DAMAGED");
  });
});

describe("a plan that a person stops", () => {
  it("says what was done and how to go on or back, also while its next half is prepared", async () => {
    const world = newWorld();
    const told: (readonly string[])[] = [];
    const provisionerFor: PlanPorts["provisionerFor"] = async (kind) => {
      const provisioner = await world.ports.provisionerFor(kind);
      const apply: Provisioner["apply"] = (step, context) => {
        told.push(world.told?.() ?? []);
        return provisioner.apply(step, context);
      };
      return { ...provisioner, apply };
    };
    const [a, b] = planFor(world, { a: "1", b: "2" }).steps;
    await applyPlan(planFor(world, { a: "1", b: "2" }), { ...world.ports, provisionerFor });
    const ways = ["run the same command again to go on", "run `brevet unsetup test` to undo what was done"];
    assert.deepEqual(told, [
      [`stopped at "${a?.does}", which may go on by itself`, ...ways],
      [`stopped at "${b?.does}", which may go on by itself`, `done before: ${a?.does}`, ...ways],
    ]);
    assert.deepEqual(world.told?.(), [`done before: ${a?.does}`, `done before: ${b?.does}`, ...ways]);
  });
});
