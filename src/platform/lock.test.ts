import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, it, type TestContext } from "node:test";
import { Fault } from "../core/fault.ts";
import { type FileCalls, systemCalls } from "./file-calls.ts";
import { type LockRequest, withFileLock } from "./lock.ts";
import { encodeLock, type LockRecord, ownRecord } from "./lock-file.ts";
import { privateFiles } from "./private-files.ts";
import { ownIdentity } from "./processes/process-identity.ts";

const files = privateFiles();
let folder: string;
beforeEach((context) => {
  folder = mkdtempSync(join(tmpdir(), "brevet-test-"));
  (context as TestContext).after(() => rmSync(folder, { recursive: true, force: true }));
});

const request = (change: Partial<LockRequest> = {}): LockRequest => ({
  folders: [() => join(folder, "locks")],
  name: "x.lock",
  purpose: "tests",
  patienceSeconds: 0,
  ...change,
});

const place = (record: LockRecord, name = "x.lock"): void => {
  files.create(join(folder, "locks", name), encodeLock(record), "passing");
};

const dead = (): LockRecord => {
  const pid = Number(execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }));
  return { ...ownRecord("died"), pid, holder: { ...ownIdentity(), pid } };
};

const locks = (): readonly string[] => readdirSync(join(folder, "locks"));

describe("a lock", () => {
  it("is a file that says who holds it, and is gone afterwards", async () => {
    const seen = await withFileLock(files, request(), async () =>
      JSON.parse(readFileSync(join(folder, "locks", "x.lock"), "utf8")),
    );
    assert.equal(seen.pid, process.pid);
    assert.equal(seen.purpose, "tests");
    assert.deepEqual(seen.holder, ownIdentity());
    assert.deepEqual(locks(), []);
  });

  it("says that it was waited for, also where its holder came and went between two looks", async () => {
    const path = join(folder, "locks", "x.lock");
    let quicker = 0;
    const watched: FileCalls = {
      ...systemCalls,
      link: (from, to) => {
        if (to !== path || quicker++ > 0) return systemCalls.link(from, to);
        place(ownRecord("was quicker"));
        try {
          systemCalls.link(from, to);
        } finally {
          rmSync(path);
        }
      },
    };
    const asks = request({ patienceSeconds: 60, waiting: () => assert.fail("there was nobody to be seen") });
    assert.equal(await withFileLock(privateFiles(watched), asks, async ({ waited }) => waited), true);
    assert.equal(await withFileLock(files, request(), async ({ waited }) => waited), false);
  });

  it("is not removed by a holder that lost it", async () => {
    const usurper = ownRecord("took over");
    await withFileLock(files, request(), async () => {
      rmSync(join(folder, "locks", "x.lock"));
      place(usurper);
    });
    assert.deepEqual(locks(), ["x.lock"]);
  });
});

describe("the fault for a lock that is not to be had", () => {
  const timeoutAt = async (record: LockRecord): Promise<Fault> => {
    place(record);
    const error = await withFileLock(files, request(), async () => assert.fail("the lock was held")).catch((fault) => fault);
    assert.ok(error instanceof Fault && error.code === "LOCK_TIMEOUT", String(error));
    return error;
  };

  it("names the holder, and tells to kill it only if that number is the holder's", async () => {
    const fault = await timeoutAt(ownRecord("signs somebody in"));
    assert.equal(fault.details["holder"], process.pid);
    assert.equal(fault.details["purpose"], "signs somebody in");
    assert.match(fault.hints.join(), new RegExp(`\`kill ${process.pid}\``));
  });

  it("does not tell to kill a number of another container", async () => {
    const record = ownRecord("contained");
    const fault = await timeoutAt({ ...record, holder: { ...ownIdentity(), namespace: "pid:[1]" } });
    assert.doesNotMatch(fault.hints.join(), /kill/);
  });

  it("does not tell to kill the own process group for a lock that says nothing", async () => {
    mkdirSync(join(folder, "locks"), { mode: 0o700 });
    writeFileSync(join(folder, "locks", "x.lock"), '{"pid":0}', { mode: 0o600 });
    const error = await withFileLock(files, request(), async () => assert.fail("held")).catch((fault) => fault);
    assert.equal(error.code, "LOCK_TIMEOUT");
    assert.doesNotMatch(error.hints.join(), /kill/);
  });
});

describe("healing", () => {
  it("takes over from a dead holder, through dead healers, and leaves nothing of them", async () => {
    const [holder, healer, healersHealer] = [dead(), dead(), dead()];
    place(holder);
    place(healer, `x.lock.heal-${holder.nonce}`);
    place(healersHealer, `x.lock.heal-${healer.nonce}`);
    place(dead(), "x.lock.heal-0123456789abcdef01234567");
    assert.equal(await withFileLock(files, request(), async () => "worked"), "worked");
    assert.deepEqual(locks(), []);
  });

  it("takes over from who was there before the clock was put back, if nothing can be known about it", async () => {
    const ahead = Math.floor(Date.now() / 1000) + 86_400;
    place({ ...ownRecord("elsewhere"), since: ahead, holder: { ...ownIdentity(), bootId: "other", machine: "other" } });
    assert.equal(await withFileLock(files, request(), async () => "worked"), "worked");
    files.create(join(folder, "locks", "x.lock"), Buffer.from("x"), "passing");
    utimesSync(join(folder, "locks", "x.lock"), ahead, ahead);
    assert.equal(await withFileLock(files, request(), async () => "worked"), "worked");
    assert.deepEqual(locks(), []);
  });

  it("waits while a living process heals", async () => {
    const holder = dead();
    place(holder);
    const healing = `x.lock.heal-${holder.nonce}`;
    place(ownRecord("heals"), healing);
    let looks = 0;
    const watched: FileCalls = {
      ...systemCalls,
      // The third look at the healer finds that it has finished.
      openForReading: (path) => {
        if (path.endsWith(healing) && ++looks === 3) rmSync(path);
        return systemCalls.openForReading(path);
      },
    };
    assert.equal(await withFileLock(privateFiles(watched), request({ patienceSeconds: 60 }), async () => "worked"), "worked");
    assert.ok(looks >= 3);
  });

  it("lets go when the lock has changed hands since it was looked at", async () => {
    place(dead());
    const path = join(folder, "locks", "x.lock");
    let changed = false;
    const watched: FileCalls = {
      ...systemCalls,
      // Another waiter heals and works between our look at the dead holder and our taking the right to heal.
      link: (from, to) => {
        if (to.includes(".heal-") && !changed) {
          changed = true;
          rmSync(path);
          place(ownRecord("was quicker"));
        }
        systemCalls.link(from, to);
      },
    };
    const waiting: number[] = [];
    const attempt = withFileLock(
      privateFiles(watched),
      request({
        patienceSeconds: 60,
        waiting: ({ pid }) => {
          waiting.push(pid);
          rmSync(path);
        },
      }),
      async () => "worked",
    );
    assert.equal(await attempt, "worked");
    assert.deepEqual(waiting, [process.pid]);
    assert.deepEqual(locks(), []);
  });
});

describe("the folders of a lock", () => {
  const fails = (folderName: string): FileCalls => ({
    ...systemCalls,
    openNew: (path, mode) => {
      if (path.includes(`/${folderName}/`)) throw Object.assign(new Error("full"), { code: "ENOSPC" });
      return systemCalls.openNew(path, mode);
    },
  });
  const two = () => request({ folders: ["locks", "spare"].map((name) => () => join(folder, name)) });

  it("are tried in turn when one cannot be written", async () => {
    const seen = await withFileLock(privateFiles(fails("locks")), two(), async () => readdirSync(join(folder, "spare")));
    assert.deepEqual(seen, ["x.lock"]);
  });

  it("are all obeyed: a lock in one that cannot be written any more still holds", async () => {
    place(ownRecord("holds"));
    await assert.rejects(
      withFileLock(privateFiles(fails("locks")), two(), async () => assert.fail("held")),
      { code: "LOCK_TIMEOUT" },
    );
  });

  it("are all looked into: a hint names the one in which the lock is", async () => {
    mkdirSync(join(folder, "spare"), { mode: 0o700 });
    writeFileSync(join(folder, "spare", "x.lock"), "damaged", { mode: 0o600 });
    await assert.rejects(
      withFileLock(privateFiles(fails("locks")), two(), async () => assert.fail("held")),
      (fault: Fault) => fault.hints[0]?.includes(`rm ${join(folder, "spare", "x.lock")}`) ?? false,
    );
  });

  it("are passed over where somebody else made a spare one, and only a spare one", async () => {
    mkdirSync(join(folder, "open"));
    chmodSync(join(folder, "open"), 0o777);
    const folders = ["locks", "open", "spare"].map((name) => () => join(folder, name));
    const seen = await withFileLock(privateFiles(fails("locks")), request({ folders }), async () =>
      readdirSync(join(folder, "spare")),
    );
    assert.deepEqual(seen, ["x.lock"]);
    await assert.rejects(
      withFileLock(files, request({ folders: folders.slice(1) }), async () => assert.fail("no lock")),
      { code: "FILE_UNSAFE" },
    );
  });

  it("are not looked up while one before them can be written", async () => {
    const folders = [() => join(folder, "locks"), () => assert.fail("asked for")];
    await withFileLock(files, request({ folders }), async () => undefined);
  });

  it("can all be unwritable", async () => {
    const nowhere = privateFiles({ ...systemCalls, openNew: () => fails("locks").openNew("/locks/", 0) });
    await assert.rejects(
      withFileLock(nowhere, two(), async () => assert.fail("no lock")),
      { code: "FILE_UNWRITABLE" },
    );
  });
});
