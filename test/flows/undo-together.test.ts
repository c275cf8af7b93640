import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { applyPlan, type PlanPorts } from "../../src/flows/apply-plan.ts";
import { planUndo, type UndoOutcome, undoPlan } from "../../src/flows/undo-plan.ts";
import { type FileCalls, systemCalls } from "../../src/platform/file-calls.ts";
import { privateFiles } from "../../src/platform/private-files.ts";
import { filesProvisioner } from "../../src/provisioners/files/provisioner.ts";
import type { Plan, Step } from "../../src/setup/plan.ts";
import { encodeRecord, type PlanRecords, parseRecord } from "../../src/setup/record.ts";

/** Steps in two files of a person's, and what undoing them writes. */
interface World {
  readonly home: string;
  readonly config: string;
  readonly aws: string;
  /** The names of the files that were replaced since the last look. */
  readonly replaced: string[];
  readonly records: Map<string, string>;
  readonly saves: string[];
  /** The name of a file that cannot be replaced. */
  full: string | null;
  readonly ports: PlanPorts;
}

const NAMES = ["a", "b", "c", "d"];
const CONFIG = '{\n  // mine\n  "profiles": {}\n}\n';
const AWS = "[default]\nregion = x";

async function inWorld(work: (world: World) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "brevet-undo-"));
  mkdirSync(join(home, ".aws"));
  const [config, aws] = [join(home, "config.json"), join(home, ".aws/config")];
  writeFileSync(config, CONFIG);
  writeFileSync(aws, AWS);
  const world = { home, config, aws, replaced: [], records: new Map(), saves: [], full: null as string | null };
  const ports = portsOf(world);
  const whole: World = Object.assign(world, { ports });
  try {
    await work(whole);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function portsOf(world: Omit<World, "ports">): PlanPorts {
  const calls: FileCalls = {
    ...systemCalls,
    rename(from, to) {
      if (to === world.full) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      world.replaced.push(to);
      systemCalls.rename(from, to);
    },
  };
  const files = filesProvisioner({
    files: privateFiles(calls),
    stateFolder: join(world.home, "state"),
    configFile: world.config,
  });
  const records: PlanRecords = {
    async load(id) {
      const text = world.records.get(id);
      return text === undefined ? null : parseRecord(text, id);
    },
    async save(record) {
      world.saves.push(record.steps.map(({ step, progress }) => `${step.id} ${progress}`).join());
      world.records.set(record.id, encodeRecord(record));
    },
    remove: async (id) => void world.records.delete(id),
    list: async () => [...world.records.keys()],
    withLock: (_, run) => run(),
  };
  return {
    provisionerFor: async () => files,
    records,
    clock: { now: () => 1_772_627_400, offsetSeconds: 0, learn: () => {} },
    progress: async () => ({ update: () => {}, done: () => {}, failed: () => {} }),
    command: "brevet import aws",
    whenStopped: () => {},
  };
}

function planOf({ config, aws }: World): Plan {
  const stepOf = (kind: string, file: string, name: string): Step => {
    const after =
      kind === "aws-profile"
        ? `[profile ${name}]\n# made by brevet: test\nregion = x`
        : JSON.stringify({ aws: { roleArn: `arn:aws:iam::123456789012:role/${name}` } }, null, 2);
    const id = `${kind} ${name}`;
    return { id, kind, address: { file, profile: name }, does: `add ${id}`, owner: "nobody", before: null, after };
  };
  const steps = [
    ...NAMES.map((name) => stepOf("brevet-profile", config, name)),
    ...NAMES.map((name) => stepOf("aws-profile", aws, name)),
  ];
  return { id: "import", title: "an import", steps };
}

/** What an undoing did, and how often each file was replaced for it. */
async function undo(world: World) {
  world.replaced.length = 0;
  world.saves.length = 0;
  const outcome = await undoPlan("import", world.ports);
  const times = (file: string): number => world.replaced.filter((one) => one === file).length;
  return { ...briefly(outcome), writes: [times(world.config), times(world.aws)], saves: world.saves.length };
}

function briefly({ undone, left, stopped }: UndoOutcome) {
  return { undone: undone.map(({ id }) => id), left: left.map(({ step }) => step.id), stopped: stopped?.code ?? null };
}

const ALL = ["aws-profile", "brevet-profile"].flatMap((kind) => NAMES.toReversed().map((name) => `${kind} ${name}`));

describe("steps of one file", () => {
  it("are undone at once, the file is written once, and it is what it was to the byte", () =>
    inWorld(async (world) => {
      await applyPlan(planOf(world), world.ports);
      const record = (await world.ports.records.load("import")) ?? assert.fail("nothing was recorded");
      assert.deepEqual(
        (await planUndo(record, world.ports)).steps.map(({ id }) => id),
        ALL,
      );
      const { saves, ...done } = await undo(world);
      assert.deepEqual(done, { undone: ALL, left: [], stopped: null, writes: [1, 1] });
      // When it begins, and after the first file; after the second there is nothing left to record.
      assert.equal(saves, 2);
      assert.deepEqual([readFileSync(world.config, "utf8"), readFileSync(world.aws, "utf8")], [CONFIG, AWS]);
      assert.deepEqual([world.records.size, readdirSync(world.home).sort()], [0, [".aws", "config.json", "state"]]);
    }));

  it("are left one by one where somebody changed or took one, and taken once they are as they were", () =>
    inWorld(async (world) => {
      await applyPlan(planOf(world), world.ports);
      const made = readFileSync(world.aws, "utf8");
      const changed = made.replace(/(\[profile b\]\n.*\nregion = )x/, "$1theirs").replace(/\n\[profile d\]\n.*\n.*\n/, "");
      writeFileSync(world.aws, changed);
      const first = await undo(world);
      assert.deepEqual(first.left, ["aws-profile b"]);
      assert.deepEqual(
        first.undone.filter((id) => id.startsWith("aws")),
        ["aws-profile d", "aws-profile c", "aws-profile a"],
      );
      assert.deepEqual(first.writes, [1, 1]);
      assert.match(readFileSync(world.aws, "utf8"), /^\[default\]\nregion = x\n\n\[profile b\]\n[^[]*region = theirs\s*$/);
      assert.deepEqual([...world.records.keys()], ["import"]);
      writeFileSync(world.aws, readFileSync(world.aws, "utf8").replace("region = theirs", "region = x"));
      assert.deepEqual((await undo(world)).undone, ["aws-profile b"]);
      assert.equal(world.records.size, 0);
    }));

  it("are all still there where the file cannot be written, what went before is told, and the next run goes on", () =>
    inWorld(async (world) => {
      await applyPlan(planOf(world), world.ports);
      const made = readFileSync(world.config, "utf8");
      world.full = world.config;
      const stopped = await undo(world);
      assert.deepEqual([stopped.stopped, stopped.undone], ["PLAN_INTERRUPTED", ALL.slice(0, 4)]);
      assert.equal(readFileSync(world.config, "utf8"), made);
      assert.equal(world.saves.at(-1), NAMES.map((name) => `brevet-profile ${name} done`).join());
      world.full = null;
      const rest = await undo(world);
      assert.deepEqual([rest.stopped, rest.undone, rest.writes], [null, ALL.slice(4), [1, 0]]);
      assert.equal(readFileSync(world.config, "utf8"), CONFIG);
    }));

  it("are taken for undone by the run after one that was ended between the file and its record", () =>
    inWorld(async (world) => {
      await applyPlan(planOf(world), world.ports);
      const before = [...world.records];
      await undo(world);
      for (const [id, text] of before) world.records.set(id, text);
      const again = await undo(world);
      assert.deepEqual([again.left, again.stopped, again.writes], [[], null, [0, 0]]);
      assert.equal(world.records.size, 0);
    }));

  it("keep who may read the file", () =>
    inWorld(async (world) => {
      const mode = statSync(world.aws).mode;
      await applyPlan(planOf(world), world.ports);
      await undo(world);
      assert.equal(statSync(world.aws).mode, mode);
    }));
});
