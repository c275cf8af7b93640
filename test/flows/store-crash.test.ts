import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Secret } from "../../src/core/secret.ts";
import type { Store } from "../../src/core/store.ts";
import { privateFiles } from "../../src/platform/files.ts";
import { keyFileGuardKind } from "../../src/stores/key-file/key-file-guard.ts";
import { sealedFilePlace } from "../contracts/store-place.ts";
import { filesBelow, type StoreProcesses, someAtATime, storeProcesses } from "./store-processes.ts";

/**
 * A process that saves is killed at each of its system calls, then at random instants. Afterwards the old value or the new
 * one loads, the lock can be had at once, and nothing is left lying about once the next process has saved.
 */
let processes: StoreProcesses;
before(async () => {
  processes = await storeProcesses();
});
after(() => processes.end());

const NEVER = "1000000";
const WIDTH = 3;

describe("a save that is killed at one of its system calls", () => {
  it("leaves the old value or the new one", async () => {
    const template = await savedHome();
    const outcomes = await killedAtEachCall(template);
    assert.deepEqual([...new Set(outcomes)], ["old", "new"]);
    // The new value appears at one call and does not disappear at a later one.
    assert.deepEqual(outcomes, [...outcomes].sort().reverse());
  });

  it("leaves no value or the whole one when it was the first save of all", async () => {
    const outcomes = await killedAtEachCall(processes.home());
    assert.deepEqual([...new Set(outcomes)], [undefined, "new"]);
  });

  it("leaves the old value or the new one while it heals the lock of a process that was killed before", async () => {
    const template = await savedHome();
    await killedAt(template, (await callsOfSave(template)) - 8);
    assert.ok(filesBelow(template).includes("state/locks/keys.entry.lock"), "no lock was left to heal");
    const outcomes = await killedAtEachCall(template);
    assert.equal(outcomes.at(-1), "new");
  });
});

describe("saves that are killed at random instants", () => {
  it("leave the last value that was saved, or the one being saved", async () => {
    const job = async (): Promise<void> => {
      const home = processes.home();
      for (let round = 0; round < 100; round++) await killedAtRandom(home);
    };
    await someAtATime(WIDTH, [job, job, job]);
  });
});

async function savedHome(): Promise<string> {
  const home = processes.home();
  const { status } = await processes.start(home, ["save", "old", NEVER]).ended;
  assert.equal(status, 0);
  return home;
}

async function callsOfSave(template: string): Promise<number> {
  const { status, lines } = await processes.start(copyOf(template), ["save", "new", NEVER]).ended;
  assert.equal(status, 0);
  const total = Number(lines[0]);
  assert.ok(total > 20, `only ${total} calls were counted`);
  return total;
}

/** What loads after a process was killed before its first call, its second, … and after its last. */
async function killedAtEachCall(template: string): Promise<readonly (string | undefined)[]> {
  const total = await callsOfSave(template);
  const jobs = Array.from({ length: total }, (_, index) => async () => {
    const home = copyOf(template);
    await killedAt(home, index + 1);
    return examined(home, "entry");
  });
  return someAtATime(WIDTH, jobs);
}

async function killedAt(home: string, call: number): Promise<void> {
  const { signal } = await processes.start(home, ["save", "new", String(call)]).ended;
  assert.equal(signal, "SIGKILL", `survived call ${call}`);
}

async function killedAtRandom(home: string): Promise<void> {
  const { child, ended } = processes.start(home, ["endless"]);
  child.stdout?.once("data", () => setTimeout(() => child.kill("SIGKILL"), Math.random() * 15));
  const { signal, lines } = await ended;
  assert.equal(signal, "SIGKILL");
  const [word, number] = (lines.at(-1) ?? "").split(" ");
  const found = Number((await examined(home, "count", lines)) ?? 0);
  const expected = word === "saved" ? [Number(number)] : [Number(number) - 1, Number(number)];
  assert.ok(expected.includes(found), `${found} was found after ${lines.slice(-2).join(", ")}`);
}

/** The value that loads; checks that the lock is free at once, and that a save leaves the place tidy. */
async function examined(home: string, name: string, said: readonly string[] = []): Promise<string | undefined> {
  const store = storeIn(home);
  const value = (await store.load("keys", name))?.reveal();
  const stuck = (): never => assert.fail(`the lock is stuck after ${said.slice(-2).join(", ")}`);
  await store.withLock("keys", name, "examines", stuck, () => store.save("keys", name, new Secret("value", value ?? "none")));
  // Nobody makes the store's key again, so nobody has had a reason to heal the lock under which it was made.
  const left = filesBelow(home).filter((path) => path !== "state/locks/store-key.lock");
  assert.deepEqual(left, [`state/keys/${name}.sealed`, "state/store.json", "state/store.key"]);
  return value;
}

function storeIn(home: string): Store {
  const files = privateFiles();
  const folders = { stateFolder: join(home, "state"), cacheFolder: join(home, "cache"), files };
  return sealedFilePlace(folders, () => keyFileGuardKind({ paths: folders, files }), null).open();
}

function copyOf(template: string): string {
  const home = processes.home();
  cpSync(template, home, { recursive: true });
  return home;
}
