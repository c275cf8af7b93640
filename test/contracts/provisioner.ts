import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import type { Step } from "../../src/setup/plan.ts";
import type { ApplyContext, Provisioner } from "../../src/setup/provisioner.ts";

/** A place of its own in which a provisioner works, with a hand on what is there. */
export interface ProvisionerWorld {
  readonly provisioner: Provisioner;
  /** Everything that is there, in a form that can be compared: all of a folder, all of an account. */
  snapshot(): unknown | Promise<unknown>;
  /** Somebody else makes the resource that {@link ProvisionerSubject.create} would make. */
  strangerCreates(): void | Promise<void>;
  /** Somebody else changes the resource after we made it. */
  strangerChanges(): void | Promise<void>;
  /** Somebody else changes something beside the resource, which is none of our business. */
  strangerWorksBeside(): void | Promise<void>;
  /** The same place as a new process finds it, after the one before was killed. */
  reopen(): ProvisionerWorld | Promise<ProvisionerWorld>;
  remove(): void | Promise<void>;
}

export interface ProvisionerSubject {
  readonly name: string;
  /** A step that makes a resource where there is none. */
  readonly create: Step;
  /** A step that changes what {@link create} made. */
  readonly change: Step;
  /** A new place; `stopAfter`: the process is killed after so many of its effects on the world. */
  open(stopAfter?: number): ProvisionerWorld | Promise<ProvisionerWorld>;
}

/** What every effect of a killed process raises, so that it can have no more of them. */
class Killed extends Error {}

/** To be called before each effect of a process that is killed after so many of them; null: it is not. */
export function survival(stopAfter: number | null): () => void {
  let left = stopAfter ?? Number.POSITIVE_INFINITY;
  return () => {
    if (left <= 0) throw new Killed();
    left -= 1;
  };
}

const CONTEXT: ApplyContext = { earlier: new Map(), progress: () => {} };

function isConflict(error: unknown): boolean {
  return error instanceof Fault && error.code === "PLAN_CONFLICT";
}

/** What every provisioner keeps to: compare and swap, nobody else's things, and as if it had never been after undo. */
export function provisionerContract(subject: ProvisionerSubject): void {
  const { create, change } = subject;
  const inWorld = (work: (world: ProvisionerWorld) => Promise<void>) => async () => {
    const world = await subject.open();
    try {
      await work(world);
    } finally {
      await world.remove();
    }
  };
  const stateOf = async ({ provisioner }: ProvisionerWorld): Promise<string | null> => (await provisioner.read(create)).state;

  describe(`provisioner of ${subject.name}`, () => {
    it(
      "knows the kind, and reads what is not there as nobody's",
      inWorld(async (world) => {
        assert.ok(world.provisioner.kinds.includes(create.kind));
        assert.deepEqual(await world.provisioner.read(create), { state: null, owner: "nobody" });
      }),
    );

    it(
      "makes what the step says, and takes exactly that away again",
      inWorld(async (world) => {
        const before = await world.snapshot();
        const facts = await world.provisioner.apply(create, CONTEXT);
        assert.equal(await stateOf(world), create.after);
        await world.provisioner.undo(create, facts);
        assert.deepEqual(await world.snapshot(), before);
      }),
    );

    it(
      "does nothing when it is asked again, to do or to undo",
      inWorld(async (world) => {
        const before = await world.snapshot();
        await world.provisioner.apply(create, CONTEXT);
        const after = await world.snapshot();
        const facts = await world.provisioner.apply(create, CONTEXT);
        assert.deepEqual(await world.snapshot(), after);
        await world.provisioner.undo(create, facts);
        assert.deepEqual(await world.snapshot(), before);
        await world.provisioner.undo(create, facts);
        assert.deepEqual(await world.snapshot(), before);
      }),
    );

    it(
      "changes what it made, and changes it back",
      inWorld(async (world) => {
        await world.provisioner.apply(create, CONTEXT);
        const facts = await world.provisioner.apply(change, CONTEXT);
        assert.equal(await stateOf(world), change.after);
        await world.provisioner.undo(change, facts);
        assert.equal(await stateOf(world), create.after);
      }),
    );

    it(
      "takes away what it made though the facts were lost",
      inWorld(async (world) => {
        const before = await world.snapshot();
        await world.provisioner.apply(create, CONTEXT);
        await world.provisioner.undo(create, {});
        assert.deepEqual(await world.snapshot(), before);
      }),
    );

    it(
      "takes away what it made and then changed",
      inWorld(async (world) => {
        const before = await world.snapshot();
        const made = await world.provisioner.apply(create, CONTEXT);
        const changed = await world.provisioner.apply(change, CONTEXT);
        await world.provisioner.undo({ ...change, before: create.before }, { ...made, ...changed });
        assert.deepEqual(await world.snapshot(), before);
      }),
    );

    it(
      "refuses to change what is not as the plan found it",
      inWorld(async (world) => {
        const before = await world.snapshot();
        await assert.rejects(world.provisioner.apply(change, CONTEXT), isConflict);
        assert.deepEqual(await world.snapshot(), before);
      }),
    );

    it(
      "never takes over what somebody else made",
      inWorld(async (world) => {
        await world.strangerCreates();
        const theirs = await world.snapshot();
        assert.notEqual((await world.provisioner.read(create)).owner, "nobody");
        await assert.rejects(world.provisioner.apply(create, CONTEXT), isConflict);
        assert.deepEqual(await world.snapshot(), theirs);
      }),
    );

    it(
      "leaves what somebody changed since",
      inWorld(async (world) => {
        const facts = await world.provisioner.apply(create, CONTEXT);
        await world.strangerChanges();
        const theirs = await world.snapshot();
        await assert.rejects(world.provisioner.undo(create, facts), isConflict);
        assert.deepEqual(await world.snapshot(), theirs);
      }),
    );

    it("does not mind what somebody does beside it, and leaves that alone", async () => {
      const expected = await subject.open();
      await expected.strangerWorksBeside();
      const theirs = await expected.snapshot();
      await expected.remove();
      await inWorld(async (world) => {
        const facts = await world.provisioner.apply(create, CONTEXT);
        await world.strangerWorksBeside();
        await world.provisioner.undo(create, facts);
        assert.deepEqual(await world.snapshot(), theirs);
      })();
    });

    it("goes on after it was killed, wherever that was", async () => {
      let points = 0;
      for (let finished = false; !finished; points += 1) finished = await surviveKill(subject, points);
      assert.ok(points > 3, `it was killed at ${points - 1} points only`);
    });
  });
}

/** Whoever translates errors keeps what it translated. */
function wasKilled(error: unknown): boolean {
  return error instanceof Killed || (error instanceof Error && error.cause !== undefined && wasKilled(error.cause));
}

/** Kills applying after so many effects, goes on, and undoes all. @returns whether it was done before it could be killed. */
async function surviveKill(subject: ProvisionerSubject, effects: number): Promise<boolean> {
  const { create } = subject;
  const world = await subject.open(effects);
  try {
    const before = await world.snapshot();
    let finished = true;
    try {
      await world.provisioner.apply(create, CONTEXT);
    } catch (error) {
      assert.ok(wasKilled(error), String(error));
      finished = false;
    }
    const next = await world.reopen();
    const { state } = await next.provisioner.read(create);
    assert.ok(state === create.before || state === create.after, `half a state after ${effects} effects: ${state}`);
    const facts = await next.provisioner.apply(create, CONTEXT);
    assert.equal((await next.provisioner.read(create)).state, create.after);
    await next.provisioner.undo(create, facts);
    assert.deepEqual(await next.snapshot(), before, `after ${effects} effects`);
    return finished;
  } finally {
    await world.remove();
  }
}
