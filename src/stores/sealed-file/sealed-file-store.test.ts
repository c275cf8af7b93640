import assert from "node:assert/strict";
import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, it, type TestContext } from "node:test";
import { STRANGER } from "../../../test/another-user.ts";
import { memoryGuard } from "../../../test/contracts/memory-guard.ts";
import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import type { KeyGuardKind, Store } from "../../core/store.ts";
import { privateFiles } from "../../platform/private-files.ts";
import { chooseGuard } from "./choose-guard.ts";
import { runKey } from "./run-key.ts";
import { sealedFileStore } from "./sealed-file-store.ts";

const files = privateFiles();
let home: string;
beforeEach((context) => {
  home = mkdtempSync(join(tmpdir(), "brevet-test-"));
  (context as TestContext).after(() => rmSync(home, { recursive: true, force: true }));
});

const paths = () => ({ stateFolder: join(home, "state"), cacheFolder: join(home, "cache") });

function storeUnder(
  kind: KeyGuardKind,
  asked: string | null = null,
  key: Parameters<typeof sealedFileStore>[0]["runKey"] = null,
): Store {
  const guard = () => chooseGuard({ asked, kinds: { [kind.kind]: async () => kind }, files, paths: paths() });
  return sealedFileStore({ paths: paths(), files, runKey: key, guard });
}

const secret = (text: string) => new Secret("value", text);

describe("the sealed-file store", () => {
  it("keeps entries where they belong, sealed, for their owner alone", async () => {
    const store = storeUnder(memoryGuard().kind);
    await store.save("credentials", "a", secret("planted-secret"));
    await store.save("keys", "b", secret("planted-secret"));
    await store.save("sessions", "c", secret("planted-secret"));
    for (const path of ["cache/credentials/a.sealed", "state/keys/b.sealed", "state/sessions/c.sealed"]) {
      assert.equal(statSync(join(home, path)).mode & 0o777, 0o600);
      assert.ok(!readFileSync(join(home, path)).includes("planted"));
    }
    assert.deepEqual(readdirSync(join(home, "cache")), ["credentials"]);
    assert.deepEqual(readdirSync(join(home, "state")).sort(), ["keys", "locks", "sessions", "store.json"]);
  });

  it("takes away what killed writers left when its entries are listed, or when one is saved", async () => {
    const store = storeUnder(memoryGuard().kind);
    const save = () => store.save("credentials", "a", secret("x"));
    await save();
    const left = ["cache/credentials/a.sealed", "state/clock-offset"].map((name) => `${name}.4194304-00112233aabb.brevet-tmp`);
    for (const work of [() => store.list("credentials"), save]) {
      for (const name of left) writeFileSync(join(home, name), "half");
      await work();
      assert.deepEqual(readdirSync(join(home, "cache/credentials")), ["a.sealed"]);
      assert.deepEqual(readdirSync(join(home, "state")).sort(), ["locks", "store.json"]);
    }
    assert.deepEqual(await store.list("credentials"), ["a"]);
  });

  it("finds its locks beside a spare place for them that somebody else has taken", async (context) => {
    const { TMPDIR } = process.env;
    context.after(() => {
      if (TMPDIR === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = TMPDIR;
    });
    process.env["TMPDIR"] = home;
    writeFileSync(join(home, `brevet-locks-${process.getuid?.() ?? "user"}`), "");
    const store = storeUnder(memoryGuard().kind);
    const seen = store.withLock("credentials", "a", { purpose: "works" }, () => store.locked("credentials"));
    assert.deepEqual(await seen, ["a"]);
  });

  it("asks no guard for an entry that is not there, and once for all others", async () => {
    const { kind, asked } = memoryGuard();
    await storeUnder(kind).save("credentials", "a", secret("x"));
    const store = storeUnder(kind);
    asked.times = 0;
    assert.equal(await store.load("credentials", "other"), null);
    assert.equal(await store.load("keys", "other"), null);
    assert.equal(asked.times, 0);
    await store.load("credentials", "a");
    await store.load("credentials", "a");
    await store.save("credentials", "b", secret("y"));
    assert.equal(asked.times, 1);
  });

  it("raises the guard's fault, and keeps what is there", async () => {
    const { kind } = memoryGuard();
    await storeUnder(kind).save("keys", "a", secret("x"));
    const locked: KeyGuardKind = {
      kind: kind.kind,
      open: (id) => ({ ...kind.open(id), load: () => Promise.reject(new Fault("STORE_GUARD_LOCKED", "locked")) }),
    };
    for (const area of ["keys", "credentials"] as const) {
      await assert.rejects(storeUnder(locked).save(area, "a", secret("y")), { code: "STORE_GUARD_LOCKED" });
    }
    await assert.rejects(storeUnder(locked).load("keys", "a"), { code: "STORE_GUARD_LOCKED" });
    assert.equal((await storeUnder(kind).load("keys", "a"))?.reveal(), "x");
  });
});

describe("the master key", () => {
  it("is made once for two stores that need it first together", async () => {
    const { kind } = memoryGuard();
    const names = ["a", "b"];
    await Promise.all(names.map((name) => storeUnder(kind).save("keys", name, secret(name))));
    for (const name of names) assert.equal((await storeUnder(kind).load("keys", name))?.reveal(), name);
  });

  it("seals nothing when its guard took it and does not give it back", async () => {
    const { kind } = memoryGuard();
    const forgetful: KeyGuardKind = { kind: kind.kind, open: (id) => ({ ...kind.open(id), save: async () => undefined }) };
    await assert.rejects(storeUnder(forgetful).save("keys", "a", secret("x")), { code: "STORE_GUARD_ABSENT" });
    assert.deepEqual(await storeUnder(kind).list("keys"), []);
  });
});

describe("a master key that is gone", () => {
  for (const area of ["keys", "sessions"] as const) {
    it(`is not replaced while ${area} are sealed by it`, async () => {
      const { kind, held } = memoryGuard();
      await storeUnder(kind).save(area, "a", secret("x"));
      const kept = new Map(held);
      held.clear();
      await assert.rejects(storeUnder(kind).load(area, "a"), { code: "STORE_KEY_ABSENT" });
      await assert.rejects(storeUnder(kind).save(area, "b", secret("y")), { code: "STORE_KEY_ABSENT" });
      await assert.rejects(storeUnder(kind).save("credentials", "b", secret("y")), { code: "STORE_KEY_ABSENT" });
      assert.equal(held.size, 0);
      for (const [id, key] of kept) held.set(id, key);
      assert.equal((await storeUnder(kind).load(area, "a"))?.reveal(), "x");
    });
  }

  it("cannot be asked for without the record of who holds it, which is then named", async () => {
    const { kind } = memoryGuard();
    await storeUnder(kind).save("keys", "a", secret("x"));
    const record = join(home, "state", "store.json");
    rmSync(record);
    for (const attempt of [storeUnder(kind).load("keys", "a"), storeUnder(kind).save("keys", "b", secret("y"))]) {
      await assert.rejects(
        attempt,
        (fault: Fault) => fault.code === "STORE_KEY_ABSENT" && fault.message.startsWith(`${record} `),
      );
    }
  });

  it("is made anew when only credentials were sealed by it", async () => {
    const { kind, held } = memoryGuard();
    await storeUnder(kind).save("credentials", "a", secret("x"));
    held.clear();
    assert.equal(await storeUnder(kind).load("credentials", "a"), null);
    await storeUnder(kind).save("credentials", "a", secret("y"));
    assert.equal((await storeUnder(kind).load("credentials", "a"))?.reveal(), "y");
  });
});

describe("the run key", { skip: process.platform === "linux" ? false : "only Linux has one" }, () => {
  /** /dev/shm is a tmpfs on every Linux. */
  const memory = (context: TestContext): string => {
    const folder = mkdtempSync("/dev/shm/brevet-test-");
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  };
  const keyIn = (runtime: string | null) =>
    runKey(files, { stateFolder: paths().stateFolder, runtimeFolder: runtime === null ? null : join(runtime, "brevet") });

  const KEY = { key: new Uint8Array(32).fill(7), id: new Uint8Array(8).fill(1) };
  const isRefusedIn = (runtime: string | null, how = ""): void => {
    const key = keyIn(runtime);
    assert.equal(key.describe().state, "refused", `${runtime} ${how}`);
    key.save(KEY);
    assert.equal(key.load(), null, `${runtime} ${how}`);
  };

  it("spares the guard for cached credentials, and opens nothing else", async (context) => {
    const { kind, asked } = memoryGuard();
    const key = keyIn(memory(context));
    const first = storeUnder(kind, null, key);
    await first.save("credentials", "a", secret("cached"));
    await first.save("keys", "a", secret("device key"));
    asked.times = 0;
    const later = storeUnder(kind, null, key);
    assert.equal((await later.load("credentials", "a"))?.reveal(), "cached");
    await later.save("credentials", "b", secret("new"));
    assert.equal(asked.times, 0);
    assert.equal((await later.load("keys", "a"))?.reveal(), "device key");
    assert.equal(asked.times, 1);
    assert.equal((await storeUnder(kind).load("credentials", "b"))?.reveal(), "new");
  });

  it("is a file for its owner alone, seen by status and gone at logout", async (context) => {
    const runtime = memory(context);
    const key = keyIn(runtime);
    assert.equal(key.describe().state, "absent");
    await storeUnder(memoryGuard().kind, null, key).save("credentials", "a", secret("x"));
    const state = key.describe();
    assert.ok(state.state === "present");
    assert.equal(statSync(state.path).mode & 0o777, 0o600);
    assert.equal(statSync(join(runtime, "brevet")).mode & 0o777, 0o700);
    key.remove();
    assert.equal(key.describe().state, "absent");
    assert.equal(key.load(), null);
  });

  it("gives way to the guard when the store's key has changed", async (context) => {
    const key = keyIn(memory(context));
    const { kind, held } = memoryGuard();
    await storeUnder(kind, null, key).save("credentials", "a", secret("x"));
    held.clear();
    await storeUnder(kind).save("credentials", "a", secret("y"));
    assert.equal((await storeUnder(kind, null, key).load("credentials", "a"))?.reveal(), "y");
    assert.equal((await storeUnder(kind, null, key).load("credentials", "a"))?.reveal(), "y");
  });

  it("is not left for a key file, which is as quick to read", async (context) => {
    const key = keyIn(memory(context));
    const { kind } = memoryGuard("file");
    const file: KeyGuardKind = { kind: "file", open: (id) => ({ ...kind.open(id), strength: "file" }) };
    await storeUnder(file, "file", key).save("credentials", "a", secret("x"));
    assert.equal(key.describe().state, "absent");
  });

  it("is left in no place but a tmpfs of ours with mode 0700", async (context) => {
    const open = memory(context);
    writeFileSync(join(open, "file"), "", { mode: 0o700 });
    const places: readonly (readonly [string | null, number])[] = [
      [null, 0o700],
      [home, 0o700],
      [open, 0o755],
      [open, 0o770],
      [open, 0o500],
      [join(open, "file"), 0o700],
      [join(open, "nothing"), 0o700],
    ];
    for (const [place, mode] of places) {
      if (place !== null && mode !== 0o700) chmodSync(place, mode);
      isRefusedIn(place, mode.toString(8));
    }
    chmodSync(open, 0o700);
    assert.deepEqual(readdirSync(open), ["file"]);
  });

  it("is neither left nor used in a folder of another user", {
    skip: process.getuid?.() === 0 ? false : "only root can make one",
  }, (context) => {
    const theirs = memory(context);
    keyIn(theirs).save(KEY);
    chownSync(theirs, STRANGER, STRANGER);
    isRefusedIn(theirs);
    chownSync(theirs, 0, 0);
    assert.deepEqual(keyIn(theirs).load(), KEY);
  });

  it("is not used where it lies in a folder that others came to read", (context) => {
    const folder = memory(context);
    keyIn(folder).save(KEY);
    assert.deepEqual(keyIn(folder).load(), KEY);
    chmodSync(folder, 0o755);
    assert.equal(keyIn(folder).load(), null);
  });
});
