import assert from "node:assert/strict";
import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { FOREIGN_HOLDER_LIMIT_SECONDS } from "../../src/platform/lock-file.ts";
import { ownIdentity } from "../../src/platform/processes/process-identity.ts";
import { howOften } from "../how-often.ts";
import { filesBelow, type StoreProcesses, someAtATime, storeProcesses, unshareWith } from "./store-processes.ts";

/** Many processes at one entry: they go in one by one, whoever dies in there, and no one takes a living holder for dead. */
let processes: StoreProcesses;
before(async () => {
  processes = await storeProcesses();
});
after(() => processes.end());

const NEW_PID_NAMESPACE = ["--pid", "--fork", "--mount-proc", "--kill-child"];

describe("many processes at once", () => {
  it("make one key for the store and go in one by one", async (context) => {
    const length = howOften(context, { what: "processes", few: 40, all: 200 });
    const home = processes.home();
    // More at once would only wait for a processor, and on a busy machine for longer than for the lock's patience.
    const jobs = Array.from({ length }, () => () => processes.start(home, ["count", "lives"]).ended);
    const ended = await someAtATime(40, jobs);
    assert.deepEqual(new Set(ended.map(({ lines }) => lines.join())), new Set(["counted"]));
    await assertCount(home, length);
    assert.deepEqual(filesBelow(home), ["inside", "state/keys/count.sealed", "state/store.json", "state/store.key"]);
  });
});

describe("processes of which every third dies while it holds the lock", () => {
  it("still go in one by one", async (context) => {
    const length = howOften(context, { what: "processes", few: 15, all: 60 });
    const home = processes.home();
    const fates = Array.from({ length }, (_, index) => (index % 3 === 0 ? "dies" : "lives"));
    const ended = await Promise.all(fates.map((fate) => processes.start(home, ["count", fate]).ended));
    assert.equal(ended.filter(({ signal }) => signal === "SIGKILL").length, length / 3);
    assert.deepEqual(new Set(ended.map(({ lines }) => lines.join())), new Set(["", "counted"]));
    await assertCount(home, length);
  });
});

describe("the holder of a lock", () => {
  it("is waited for while it lives, and taken over from when it was killed", async () => {
    const home = processes.home();
    const { child, ended, says } = processes.start(home, ["hold", "entry"]);
    await says("held");
    assert.deepEqual(await outcome(home), ["LOCK_TIMEOUT"]);
    child.kill("SIGKILL");
    await ended;
    assert.deepEqual(await outcome(home), ["taken"]);
  });

  it("is dead when its number belongs to a process that started later", async () => {
    const home = await homeWithAbandonedLock();
    changeLock(home, (lock) => ({ ...lock, pid: process.pid, holder: { ...holderOf(lock), pid: process.pid } }));
    assert.deepEqual(await outcome(home), ["taken"]);
  });

  it("is dead when the machine has been started since", async () => {
    const home = await homeWithLivingLock();
    changeLock(home, (lock) => ({ ...lock, holder: { ...holderOf(lock), bootId: "another boot" } }));
    assert.deepEqual(await outcome(home), ["taken"]);
  });

  it("counts as alive on another machine until a limit", async () => {
    const home = await homeWithAbandonedLock();
    changeLock(home, (lock) => ({ ...lock, holder: { ...holderOf(lock), bootId: "another boot", machine: "another" } }));
    assert.deepEqual(await outcome(home), ["LOCK_TIMEOUT"]);
    ageLock(home, FOREIGN_HOLDER_LIMIT_SECONDS - 60);
    assert.deepEqual(await outcome(home), ["LOCK_TIMEOUT"]);
    ageLock(home, FOREIGN_HOLDER_LIMIT_SECONDS + 60);
    assert.deepEqual(await outcome(home), ["taken"]);
  });

  it("counts as alive in another pid namespace, seen from either side", async (context) => {
    const contained = unshareWith(NEW_PID_NAMESPACE);
    if (typeof contained === "string") return context.skip(contained);
    for (const [holderUnder, waiterUnder] of [
      [contained, []],
      [[], contained],
      [contained, contained],
    ]) {
      const home = processes.home();
      const { child, ended, says } = processes.start(home, ["hold", "entry"], holderUnder);
      await says("held");
      assert.deepEqual(await outcome(home, waiterUnder), ["LOCK_TIMEOUT"]);
      child.stdin?.end();
      await ended;
      assert.deepEqual(await outcome(home, waiterUnder), ["taken"]);
    }
  });

  it("is known by its number where /proc shows another namespace", async (context) => {
    const blind = unshareWith(["--pid", "--fork", "--kill-child"]);
    if (typeof blind === "string") return context.skip(blind);
    const home = processes.home();
    const { child, ended, says } = processes.start(home, ["hold", "entry"], blind);
    await says("held");
    assert.equal(holderOf(readLock(home))["startTime"], null);
    assert.deepEqual(await outcome(home), ["LOCK_TIMEOUT"]);
    child.stdin?.end();
    await ended;
  });
});

describe("a damaged lock file", () => {
  for (const content of ["", "{", "{}", '{"nonce":"x"}', "\0".repeat(300)]) {
    it(`is waited for a moment, in case it is being written, and then healed: ${JSON.stringify(content.slice(0, 20))}`, async () => {
      const home = await homeWithAbandonedLock();
      // Written again and again: how long a process takes to start must not decide whether its writer is still there.
      const writing = setInterval(() => writeFileSync(lockFile(home), content), 100);
      writeFileSync(lockFile(home), content);
      assert.deepEqual(await outcome(home).finally(() => clearInterval(writing)), ["LOCK_TIMEOUT"]);
      const minuteAgo = Date.now() / 1000 - 60;
      utimesSync(lockFile(home), minuteAgo, minuteAgo);
      assert.deepEqual(await outcome(home), ["taken"]);
      assert.ok(!filesBelow(home).some((path) => path.startsWith("state/locks/")), filesBelow(home).join());
    });
  }
});

async function assertCount(home: string, expected: number): Promise<void> {
  const { lines } = await processes.start(home, ["load", "count"]).ended;
  assert.deepEqual(lines, [String(expected)]);
}

type Lock = Readonly<Record<string, unknown>>;

async function outcome(home: string, under: readonly string[] = []): Promise<readonly string[]> {
  return (await processes.start(home, ["try", "entry"], under).ended).lines;
}

async function homeWithAbandonedLock(): Promise<string> {
  const home = processes.home();
  const { child, ended, says } = processes.start(home, ["hold", "entry"]);
  await says("held");
  child.kill("SIGKILL");
  await ended;
  return home;
}

/** Its holder is this process. */
async function homeWithLivingLock(): Promise<string> {
  const home = await homeWithAbandonedLock();
  changeLock(home, (lock) => ({ ...lock, pid: process.pid, holder: { ...ownIdentity() } }));
  assert.deepEqual(await outcome(home), ["LOCK_TIMEOUT"]);
  return home;
}

function lockFile(home: string): string {
  return join(home, "state", "locks", "credentials.entry.lock");
}

function readLock(home: string): Lock {
  return JSON.parse(readFileSync(lockFile(home), "utf8"));
}

function holderOf(lock: Lock): Lock {
  return lock["holder"] as Lock;
}

function changeLock(home: string, change: (lock: Lock) => Lock): void {
  writeFileSync(lockFile(home), JSON.stringify(change(readLock(home))));
}

function ageLock(home: string, seconds: number): void {
  changeLock(home, (lock) => ({ ...lock, since: Math.floor(Date.now() / 1000) - seconds }));
}
