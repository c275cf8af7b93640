import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { Secret } from "../core/secret.ts";
import type { Store, StoreArea } from "../core/store.ts";
import { privateFiles } from "../platform/private-files.ts";
import { keyFileGuardKind } from "../stores/key-file/key-file-guard.ts";
import { chooseGuard } from "../stores/sealed-file/choose-guard.ts";
import { sealedFileStore } from "../stores/sealed-file/sealed-file-store.ts";
import { signOut } from "./sign-out.ts";

const root = mkdtempSync(join(tmpdir(), "brevet-sign-out-"));
after(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;

/** A real store that holds what two identities left: their keys, their sessions, their credentials and a shared fault. */
async function usedStore(): Promise<Store> {
  folders += 1;
  const paths = { stateFolder: join(root, `${folders}`, "state"), cacheFolder: join(root, `${folders}`, "cache") };
  const files = privateFiles();
  const kinds = { file: async () => keyFileGuardKind({ paths, files }) };
  const store = sealedFileStore({ paths, files, runKey: null, guard: () => chooseGuard({ asked: "file", kinds, files, paths }) });
  for (const [area, name] of [
    ["keys", "work"],
    ["keys", "home"],
    ["sessions", "work"],
    ["sessions", "home"],
    ["credentials", "aaaa.1"],
    ["credentials", "aaaa.2"],
    ["credentials", "aaaa.2.fault"],
    ["credentials", "bbbb.1"],
  ] as const) {
    await store.save(area, name, new Secret("x", "x"));
  }
  return store;
}

const WORK = { scope: "identity", session: "work", credentialPrefix: "aaaa." } as const;

async function names(store: Store): Promise<Readonly<Record<StoreArea, readonly string[]>>> {
  return { keys: await store.list("keys"), sessions: await store.list("sessions"), credentials: await store.list("credentials") };
}

function ports(store: Store, hasRunKey = true) {
  let present = hasRunKey;
  return {
    store,
    waiting: () => undefined,
    async forgetRunKey() {
      const was = present;
      present = false;
      return was;
    },
  };
}

describe("signing out", () => {
  test("of one identity empties its session and credentials, and what opens them without asking", async () => {
    const store = await usedStore();
    assert.deepEqual(await signOut(WORK, ports(store)), { sessions: 1, credentials: 2, runKey: true });
    assert.deepEqual(await names(store), { keys: ["home", "work"], sessions: ["home"], credentials: ["bbbb.1"] });
  });

  test("of all leaves the keys and nothing else", async () => {
    const store = await usedStore();
    assert.deepEqual(await signOut({ scope: "all" }, ports(store)), { sessions: 2, credentials: 3, runKey: true });
    assert.deepEqual(await names(store), { keys: ["home", "work"], sessions: [], credentials: [] });
  });

  test("twice finds nothing the second time", async () => {
    const store = await usedStore();
    const world = ports(store);
    await signOut(WORK, world);
    assert.deepEqual(await signOut(WORK, world), { sessions: 0, credentials: 0, runKey: false });
  });

  for (const [name, key] of [
    ["that renews cached credentials", "aaaa.1"],
    ["that has cached none before", "aaaa.new"],
  ] as const) {
    test(`waits for a call ${name}, so that nothing of it stays`, async () => {
      const store = await usedStore();
      let answered: (() => void) | undefined;
      const calling = new Promise<void>((calls) => {
        void store.withLock("credentials", key, { purpose: "asks for profile dev" }, async () => {
          calls();
          await new Promise<void>((done) => {
            answered = done;
          });
          // As a call via another profile does: first what it went through, then its own.
          await store.save("credentials", "aaaa.via", new Secret("x", "x"));
          await store.save("credentials", key, new Secret("x", "x"));
        });
      });
      await calling;
      const runKeys: string[] = [];
      const waitedFor: string[] = [];
      const emptied = await signOut(WORK, {
        store,
        forgetRunKey: async () => runKeys.push(`after ${waitedFor.join()}`) > 0,
        waiting: ({ purpose }) => {
          waitedFor.push(purpose);
          answered?.();
        },
      });
      assert.deepEqual(emptied, { sessions: 1, credentials: 4, runKey: true });
      assert.deepEqual(waitedFor, ["asks for profile dev"]);
      assert.deepEqual(runKeys, ["after asks for profile dev"]);
      assert.deepEqual(await store.list("credentials"), ["bbbb.1"]);
    });
  }

  test("does not wait for a call of another identity", async () => {
    const store = await usedStore();
    const emptied = await store.withLock("credentials", "bbbb.1", { purpose: "asks for profile prod" }, () =>
      signOut(WORK, { ...ports(store), waiting: () => assert.fail("it waited") }),
    );
    assert.equal(emptied.credentials, 2);
  });

  test("waits for who holds the session, so that a refresh cannot put it back", async () => {
    const store = await usedStore();
    let refreshed: (() => void) | undefined;
    const holding = new Promise<void>((holds) => {
      void store.withLock("sessions", "work", { purpose: "refreshes the session" }, async () => {
        holds();
        await new Promise<void>((done) => {
          refreshed = done;
        });
        await store.save("sessions", "work", new Secret("session", "a new one"));
      });
    });
    await holding;
    const waitedFor: string[] = [];
    const out = signOut(WORK, {
      ...ports(store),
      waiting: ({ purpose }) => {
        waitedFor.push(purpose);
        refreshed?.();
      },
    });
    assert.equal((await out).sessions, 1);
    assert.deepEqual(waitedFor, ["refreshes the session"]);
    assert.deepEqual(await store.list("sessions"), ["home"]);
  });
});
