import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import { applyPlan, checkPlan, type PlanPorts } from "../../src/flows/apply-plan.ts";
import { setupChecks } from "../../src/flows/checks/setup-checks.ts";
import { planUndo, undoPlan } from "../../src/flows/undo-plan.ts";
import type { Plan, Step } from "../../src/setup/plan.ts";
import type { Provisioner } from "../../src/setup/provisioner.ts";
import { encodeRecord, type PlanRecords, parseRecord } from "../../src/setup/record.ts";

/** A cloud of named texts, and what was asked of it. */
interface World {
  readonly things: Map<string, string>;
  readonly records: Map<string, string>;
  readonly calls: string[];
  /** The name of a thing at which something goes wrong, and what. */
  /** What a person who stops the process now is told; null: nothing. */
  told: (() => readonly string[]) | null;
  trouble: { readonly at: string; readonly what: "dies before" | "dies after" | "fails" } | null;
  readonly ports: PlanPorts;
}

class Died extends Error {}

function newWorld(things: Readonly<Record<string, string>> = {}): World {
  const world = {
    things: new Map(Object.entries(things)),
    records: new Map<string, string>(),
    calls: [] as string[],
    trouble: null,
    told: null,
  };
  return Object.assign(world as Omit<World, "ports">, { ports: portsOf(world) });
}

function portsOf(world: Omit<World, "ports">): PlanPorts {
  const conflict = (): Fault => new Fault("PLAN_CONFLICT", "not as it was");
  const set = (name: string, state: string | null): void => {
    if (state === null) world.things.delete(name);
    else world.things.set(name, state);
  };
  const provisioner: Provisioner = {
    kinds: ["thing"],
    where: "cloud",
    async read({ address }) {
      const state = world.things.get(address["name"] ?? "") ?? null;
      return { state, owner: state === null ? "nobody" : "ours" };
    },
    async apply(step, { earlier, progress }) {
      const name = step.address["name"] ?? "";
      const trouble = world.trouble?.at === name ? world.trouble.what : null;
      world.calls.push(
        `apply ${name} after ${[...earlier.keys()].filter((id) => earlier.get(id)?.["id"]).join("+") || "nothing"}`,
      );
      progress("working");
      if (trouble === "dies before") throw new Died();
      if (trouble === "fails") throw new Fault("NETWORK_UNREACHABLE", "no network", { hints: ["wait"] });
      const state = world.things.get(name) ?? null;
      if (state !== step.after && state !== step.before) throw conflict();
      set(name, step.after);
      if (trouble === "dies after") throw new Died();
      return { id: `id-${name}` };
    },
    async undo(step, facts) {
      const name = step.address["name"] ?? "";
      world.calls.push(`undo ${name} ${facts["id"] ?? "without id"}`);
      const state = world.things.get(name) ?? null;
      if (state === step.before) return;
      if (state !== step.after) throw conflict();
      set(name, step.before);
    },
  };
  const records: PlanRecords = {
    async load(id) {
      const text = world.records.get(id);
      return text === undefined ? null : parseRecord(text, id);
    },
    async save(record) {
      world.records.set(record.id, encodeRecord(record));
    },
    async remove(id) {
      world.records.delete(id);
    },
    list: async () => [...world.records.keys()].sort(),
    // One process: nobody else is there.
    withLock: (_, work) => work(),
  };
  return {
    provisionerFor: async () => provisioner,
    records,
    clock: { now: () => 1_772_627_400, offsetSeconds: 0, learn: () => {} },
    progress: async () => ({ update: () => {}, done: () => {}, failed: () => {} }),
    command: "brevet setup x --flag 'a b'",
    whenStopped: (lines) => {
      world.told = lines;
    },
  };
}

/** The plan to give things these states, made against the world as it is. */
function planFor(world: World, wanted: Readonly<Record<string, string | null>>): Plan {
  const steps = Object.entries(wanted).map(([name, after]): Step => {
    const before = world.things.get(name) ?? null;
    return {
      id: name,
      kind: "thing",
      address: { name },
      does: `make ${name}`,
      owner: before === null ? "nobody" : "ours",
      before,
      after,
    };
  });
  return { id: "test", title: "a test", steps };
}

function undoRecorded(world: World): ReturnType<typeof undoPlan> {
  return undoPlan("test", world.ports);
}

const WANTED = { a: "1", b: "2", c: "3" };

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
    const hint = "the same command again goes on, `brevet unsetup test` takes back what was done";
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
        assert.deepEqual(error.hints, ["run the same command again: it goes by what is there now"]);
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
      assert.ok(error.hints.includes("run `brevet unsetup test` to take back what was done"));
      return true;
    });
  });

  it("at a fault says which step, what was done and what to type", async () => {
    const world = newWorld();
    world.trouble = { at: "b", what: "fails" };
    await assert.rejects(applyPlan(planFor(world, WANTED), world.ports), (error) => {
      assert.ok(error instanceof Fault && error.code === "PLAN_INTERRUPTED");
      assert.deepEqual(error.details, { step: "b", code: "NETWORK_UNREACHABLE", done: ["make a"] });
      assert.ok(error.hints.includes("run `brevet unsetup test` to take back what was done"));
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
        hint: "wait; the same command again goes on, `brevet unsetup test` takes back what was done",
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

describe("undoing", () => {
  for (const [what, undone] of [
    ["dies before", ["a"]],
    ["dies after", ["b", "a"]],
  ] as const) {
    it(`after the process ${what === "dies before" ? "died before" : "died after"} a step tells of what was taken back only`, async () => {
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
      text: "3 things of it not taken away: stopped at b: nobody is signed in (ADMIN_ABSENT)",
      hint: "sign in; `brevet unsetup test` goes on, and with `--dry-run` lists them; the same setup again makes it whole",
    });
    world.trouble = null;
    const record = await ports.records.load("test");
    assert.ok(record);
    const { title, steps } = await planUndo(record, ports);
    assert.deepEqual(
      [title, ...steps.map(({ id, before, after }) => [id, before, after])],
      ["to be taken away: a test", ["b", "2", null], ["a", "1", null], ["c", "3", null]],
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
    assert.deepEqual(world.told?.(), ["took back b", "run `brevet unsetup test` again: it goes on"]);
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
    assert.match((await check?.run())?.text ?? "", /^3 things of it not taken away: the process was ended before it was done$/);
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
    const ways = ["run the same command again to go on", "run `brevet unsetup test` to take back what was done"];
    assert.deepEqual(told, [
      [`stopped at "${a?.does}", which may go on by itself`, ...ways],
      [`stopped at "${b?.does}", which may go on by itself`, `done before: ${a?.does}`, ...ways],
    ]);
    assert.deepEqual(world.told?.(), [`done before: ${a?.does}`, `done before: ${b?.does}`, ...ways]);
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
