import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { doctorChecks } from "../../../src/cli/checks/doctor-checks.ts";
import { composition } from "../../../src/cli/compose.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { KeyGuardKind } from "../../../src/core/store.ts";
import type { Terminal } from "../../../src/core/terminal.ts";
import { brevetPaths } from "../../../src/platform/paths.ts";
import { privateFiles } from "../../../src/platform/private-files.ts";
import { keychainGuardKind } from "../../../src/stores/keychain/keychain-guard.ts";
import { runKey } from "../../../src/stores/sealed-file/run-key.ts";
import { keyGuardContract } from "../../contracts/key-guard.ts";
import { storeContract } from "../../contracts/store.ts";
import { sealedFilePlace, userFolders } from "../../contracts/store-place.ts";
import { type SecretService, startSecretService } from "./secret-service.ts";

let service: SecretService | undefined;
before(() => {
  service = startSecretService();
});
after(() => service?.end());

const keyring = (): SecretService => {
  assert.ok(service);
  return service;
};

const KEY = new Uint8Array(32).fill(9);

keyGuardContract("the keychain", (context) => {
  const suffix = randomBytes(4).toString("hex");
  const kind = keychainGuardKind();
  // The tests share one keychain: what one of them kept, the next must not find.
  context.after(async () => {
    for (const store of ["0123456789abcdef", "fedcba9876543210"]) await kind.open(`${store}-${suffix}`).destroy();
  });
  return (): KeyGuardKind => ({ kind: kind.kind, open: (storeId) => kind.open(`${storeId}-${suffix}`) });
});

storeContract("sealed files under the keychain", (context) => sealedFilePlace(userFolders(context), keychainGuardKind, null));

storeContract("sealed files under the keychain and a run key", (context) => {
  const folders = userFolders(context);
  const memory = memoryFolder(context);
  const paths = { ...folders, runtimeFolder: join(memory, "brevet") };
  return sealedFilePlace(folders, keychainGuardKind, runKey(privateFiles(), paths));
});

describe("doctor", () => {
  it("warns of a key file where a keychain answers, says what a change costs, and is content where none does", async (context) => {
    const home = mkdtempSync("/tmp/brevet-doctor-");
    context.after(() => rmSync(home, { recursive: true, force: true }));
    const environment = { HOME: home, BREVET_STORE: "file" };
    const found = async () => {
      const paths = brevetPaths(environment);
      const terminal = { say: () => {}, warn: () => {}, hasPerson: false } as unknown as Terminal;
      const compose = composition({ words: [], environment, paths, terminal });
      await (await compose.store()).save("keys", "laptop", new Secret("key", "a key"));
      const output = (): void => {};
      const checks = await doctorChecks(null, {
        environment,
        paths,
        terminal,
        compose,
        output,
        errorOutput: output,
        workingFolder: home,
      });
      return checks.find(({ name }) => name === "store")?.run();
    };
    const warned = await found();
    assert.equal(warned?.outcome, "warn");
    assert.match(warned.hint ?? "", /keychain answers here.*`brevet login --store keychain`/);
    await keyring().whileHung("keyring", async () => assert.equal((await found())?.outcome, "good"));
  });
});

describe("the keychain guard", () => {
  it("keeps the key where the desktop's own tools find it", async () => {
    await keychainGuardKind().open("aaaa").save(new Secret("key", KEY));
    const found = keyring().lookUp({ service: "brevet", username: "store key aaaa" });
    assert.equal(found, Buffer.from(KEY).toString("base64"));
    await keychainGuardKind().open("aaaa").destroy();
    assert.equal(keyring().lookUp({ service: "brevet", username: "store key aaaa" }), null);
  });

  it("has no key any more once the desktop's own tools cleared the service, as the guide says", async () => {
    await keychainGuardKind().open("aaaa").save(new Secret("key", KEY));
    await keychainGuardKind().open("bbbb").save(new Secret("key", KEY));
    const guide = readFileSync(join(import.meta.dirname, "../../../docs/guides/life-of-a-key.md"), "utf8");
    const [, words = ""] = /`secret-tool (clear [a-z ]+)`/.exec(guide) ?? [];
    assert.equal(spawnSync("secret-tool", words.split(" ")).status, 0);
    for (const store of ["aaaa", "bbbb"]) assert.equal(await keychainGuardKind().open(store).load(), null);
  });

  it("does not wait for a keychain that hangs", async () => {
    await keyring().whileHung("keyring", () =>
      assert.rejects(keychainGuardKind().open("aaaa").load(), { code: "STORE_GUARD_SLOW" }),
    );
  });

  it("does not wait for a session bus that hangs", async () => {
    await keyring().whileHung("bus", () => assert.rejects(keychainGuardKind().open("aaaa").load(), { code: "STORE_GUARD_SLOW" }));
  });

  it("is not asked for cached credentials once the run key is there", async (context) => {
    const folders = userFolders(context);
    const paths = { ...folders, runtimeFolder: join(memoryFolder(context), "brevet") };
    const place = sealedFilePlace(folders, keychainGuardKind, runKey(privateFiles(), paths));
    await place.open().save("credentials", "a", new Secret("a", "cached"));
    await place.open().save("keys", "a", new Secret("a", "device key"));
    await keyring().whileHung("keyring", async () => {
      assert.equal((await place.open().load("credentials", "a"))?.reveal(), "cached");
      await assert.rejects(place.open().load("keys", "a"), { code: "STORE_GUARD_SLOW" });
    });
    assert.equal((await place.open().load("keys", "a"))?.reveal(), "device key");
  });

  it("says that the keychain is locked, and makes no second key", async (context) => {
    const place = sealedFilePlace(userFolders(context), keychainGuardKind, null);
    await place.open().save("keys", "a", new Secret("a", "device key"));
    keyring().lock();
    await assert.rejects(place.open().load("keys", "a"), { code: "STORE_GUARD_LOCKED" });
    await assert.rejects(place.open().save("keys", "b", new Secret("b", "new")), { code: "STORE_GUARD_LOCKED" });
  });
});

/** A folder of ours in memory, as `XDG_RUNTIME_DIR` is; /dev/shm is a tmpfs on every Linux. */
function memoryFolder(context: TestContext): string {
  const folder = mkdtempSync("/dev/shm/brevet-test-");
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "run"), { mode: 0o700 });
  return join(folder, "run");
}
