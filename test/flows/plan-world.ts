import { Fault } from "../../src/core/fault.ts";
import type { PlanPorts } from "../../src/flows/apply-plan.ts";
import { undoPlan } from "../../src/flows/undo-plan.ts";
import type { Plan, Step } from "../../src/setup/plan.ts";
import type { Provisioner } from "../../src/setup/provisioner.ts";
import { encodeRecord, type PlanRecords, parseRecord } from "../../src/setup/record.ts";

/** A cloud of named texts, and what was asked of it. */
export interface World {
  readonly things: Map<string, string>;
  readonly records: Map<string, string>;
  readonly calls: string[];
  /** What a person who stops the process now is told; null: nothing. */
  told: (() => readonly string[]) | null;
  /** The name of a thing at which something goes wrong, and what. */
  trouble: { readonly at: string; readonly what: "dies before" | "dies after" | "fails" } | null;
  readonly ports: PlanPorts;
}

/** What ends the process of a plan in the middle. */
export class Died extends Error {}

/** A world with these things in it, and its ports. */
export function newWorld(things: Readonly<Record<string, string>> = {}): World {
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
export function planFor(world: World, wanted: Readonly<Record<string, string | null>>): Plan {
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

/** Takes back what the record of the plan says. */
export function undoRecorded(world: World): ReturnType<typeof undoPlan> {
  return undoPlan("test", world.ports);
}

/** What most plans make. */
export const WANTED = { a: "1", b: "2", c: "3" };
