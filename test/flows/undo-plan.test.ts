import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import { applyPlan, type PlanPorts } from "../../src/flows/apply-plan.ts";
import { setupChecks } from "../../src/flows/checks/setup-checks.ts";
import { planUndo, undoPlan } from "../../src/flows/undo-plan.ts";
import type { Plan } from "../../src/setup/plan.ts";
import type { Provisioner } from "../../src/setup/provisioner.ts";
import { Died, newWorld, planFor, undoRecorded, WANTED, type World } from "./plan-world.ts";

describe("undoing", () => {
  for (const [what, undone] of [
    ["dies before", ["a"]],
    ["dies after", ["b", "a"]],
  ] as const) {
    it(`after the process ${what === "dies before" ? "died before" : "died after"} a step tells of what was undone only`, async () => {
      const world = newWorld();
      world.trouble = { at: "b", what };
      await assert.rejects(applyPlan(planFor(world, WANTED), world.ports), Died);
      const outcome = await undoRecorded(world);
      assert.deepEqual(
        outcome.undone.map(({ id }) => id),
        undone,
      );
      assert.deepEqual([outcome.left, world.things.size, world.records.size], [[], 0, 0]);
    });
  }

  /** In the world but on this machine: it goes after what is in a cloud. */
  const withLocal = (world: World, local: string): PlanPorts => ({
    ...world.ports,
    async provisionerFor(kind) {
      const cloud = await world.ports.provisionerFor("thing");
      const where = kind === local ? "here" : "cloud";
      const undo: Provisioner["undo"] = (step, facts) => {
        if (world.trouble?.at === step.address["name"])
          throw new Fault("ADMIN_ABSENT", "nobody is signed in", { hints: ["sign in"] });
        return cloud.undo(step, facts);
      };
      return { ...cloud, where, undo };
    },
  });
  const planOf = (world: World): Plan => {
    const plan = planFor(world, WANTED);
    return { ...plan, steps: plan.steps.map((step) => (step.id === "c" ? { ...step, kind: "file" } : step)) };
  };

  it("takes what is in a cloud first, and without its administrator nothing at all: nothing is lost, and doctor tells", async () => {
    const world = newWorld();
    const ports = withLocal(world, "file");
    await applyPlan(planOf(world), ports);
    world.trouble = { at: "b", what: "fails" };
    const first = await undoPlan("test", ports);
    assert.equal(first.stopped?.code, "ADMIN_ABSENT");
    assert.deepEqual(first.stopped.hints, ["sign in", "then run `brevet unsetup test` again, which goes on"]);
    assert.deepEqual([first.undone, first.left, Object.fromEntries(world.things)], [[], [], WANTED]);
    const [check] = await setupChecks(ports.records);
    assert.deepEqual(await check?.run(), {
      outcome: "bad",
      text: "3 things of it not removed: stopped at b: nobody is signed in (ADMIN_ABSENT)",
      hint: "sign in; `brevet unsetup test` goes on, and with `--dry-run` lists them; the same setup again makes it whole",
    });
    world.trouble = null;
    const record = await ports.records.load("test");
    assert.ok(record);
    const { title, steps } = await planUndo(record, ports);
    assert.deepEqual(
      [title, ...steps.map(({ id, before, after }) => [id, before, after])],
      ["to be undone: a test", ["b", "2", null], ["a", "1", null], ["c", "3", null]],
    );
    const { undone, stopped } = await undoPlan("test", ports);
    assert.deepEqual([undone.map(({ id }) => id), stopped], [["b", "a", "c"], null]);
    assert.deepEqual([world.things.size, world.records.size], [0, 0]);
  });

  it("that stops after it took something says what it took, and the same setup again makes it whole", async () => {
    const world = newWorld();
    const ports = withLocal(world, "file");
    await applyPlan(planOf(world), ports);
    world.trouble = { at: "a", what: "fails" };
    const { undone, stopped } = await undoPlan("test", ports);
    assert.deepEqual(
      undone.map(({ id }) => id),
      ["b"],
    );
    assert.equal(stopped?.code, "PLAN_INTERRUPTED");
    assert.deepEqual(stopped.details, { step: "a", code: "ADMIN_ABSENT", undone: ["b"] });
    assert.deepEqual(world.told?.(), ["undone: b", "run `brevet unsetup test` again: it goes on"]);
    world.trouble = null;
    await applyPlan(planOf(world), ports);
    assert.deepEqual(await setupChecks(ports.records), []);
  });

  it("that was ended in the middle is found by doctor", async () => {
    const world = newWorld();
    await applyPlan(planFor(world, WANTED), world.ports);
    const provisionerFor: PlanPorts["provisionerFor"] = async (kind) => ({
      ...(await world.ports.provisionerFor(kind)),
      undo: () => Promise.reject(new Died()),
    });
    await assert.rejects(undoPlan("test", { ...world.ports, provisionerFor }), Died);
    const [check] = await setupChecks(world.ports.records);
    assert.match((await check?.run())?.text ?? "", /^3 things of it not removed: the process was ended before it was done$/);
  });

  it("that left something is found by doctor", async () => {
    const world = newWorld();
    await applyPlan(planFor(world, WANTED), world.ports);
    world.things.set("b", "theirs");
    await undoRecorded(world);
    const [check] = await setupChecks(world.ports.records);
    assert.match((await check?.run())?.text ?? "", /changed since: make b$/);
  });

  it("leaves what somebody changed, takes the rest, and tries that again the next time", async () => {
    const world = newWorld();
    await applyPlan(planFor(world, WANTED), world.ports);
    world.things.set("b", "theirs");
    const first = await undoRecorded(world);
    assert.deepEqual(
      first.undone.map(({ id }) => id),
      ["c", "a"],
    );
    assert.deepEqual(
      first.left.map(({ step }) => step.id),
      ["b"],
    );
    assert.deepEqual(Object.fromEntries(world.things), { b: "theirs" });
    world.things.set("b", "2");
    const second = await undoRecorded(world);
    assert.deepEqual(
      second.undone.map(({ id }) => id),
      ["b"],
    );
    assert.equal(world.things.size, 0);
    assert.equal(world.records.size, 0);
  });
});
