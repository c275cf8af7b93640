import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { examined } from "./store-home.ts";
import { filesBelow, type StoreProcesses, someAtATime, storeProcesses } from "./store-processes.ts";

/**
 * A process that saves is killed at each of its system calls. Afterwards the old value or the new one loads, the lock can be had
 * at once, and nothing is left lying about once the next process has saved.
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

function copyOf(template: string): string {
  const home = processes.home();
  cpSync(template, home, { recursive: true });
  return home;
}
