import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import * as esbuild from "esbuild";
import { Secret } from "../../core/secret.ts";
import { type KeychainEntry, type KeychainLibrary, keychainGuardKind } from "./keychain-guard.ts";

const KEY = new Secret("key", new Uint8Array(32).fill(3));

/** The library as it behaves when each call ends in this way. The session bus is asked for real, and may be absent. */
function library(call: () => Promise<never>): () => Promise<KeychainLibrary> {
  const entry: KeychainEntry = { getPassword: call, setPassword: call, deleteCredential: call };
  return async () => ({
    AsyncEntry: class {
      constructor() {
        Object.assign(this, entry);
      }
    } as unknown as KeychainLibrary["AsyncEntry"],
  });
}

/** What the library says, as it was seen; every one has the code `GenericFailure`. */
const SAYINGS = [
  ["Couldn't access platform storage: Secret Service: no result found", "STORE_GUARD_ABSENT"],
  [
    "Platform failure: DBus error: Using X11 for dbus-daemon autolaunch was disabled at compile time, set your DBUS_SESSION_BUS_ADDRESS instead",
    "STORE_GUARD_ABSENT",
  ],
  ["Platform failure: DBus error: The name org.freedesktop.secrets was not provided by any .service files", "STORE_GUARD_ABSENT"],
  ["Couldn't access platform storage: Secret Service: unlock prompt was dismissed", "STORE_GUARD_LOCKED"],
  ["Couldn't access platform storage: Secret Service: object locked", "STORE_GUARD_LOCKED"],
  ["Couldn't access platform storage: User interaction is not allowed.", "STORE_GUARD_LOCKED"],
  ["Couldn't access platform storage: User canceled the operation.", "STORE_GUARD_LOCKED"],
  [
    "Platform failure: DBus error: Did not receive a reply. Possible causes include: the remote application did not send a reply, the message bus security policy blocked the reply, the reply timeout expired, or the network connection was broken.",
    "STORE_GUARD_SLOW",
  ],
] as const;

describe("what the keychain library says", () => {
  for (const [message, code] of SAYINGS) {
    it(`${code}: ${message.slice(0, 90)}`, async () => {
      const failing = library(() => Promise.reject(Object.assign(new Error(message), { code: "GenericFailure" })));
      const guard = keychainGuardKind({ library: failing, busPatienceMs: null }).open("x");
      await assert.rejects(guard.load(), { code });
      await assert.rejects(guard.save(KEY), { code });
      await assert.rejects(guard.destroy(), { code });
    });
  }

  it("STORE_GUARD_ABSENT: the library is not installed", async () => {
    const missing = () => Promise.reject(new Error("Cannot find module '@napi-rs/keyring'"));
    await assert.rejects(keychainGuardKind({ library: missing, busPatienceMs: null }).open("x").load(), {
      code: "STORE_GUARD_ABSENT",
    });
  });

  it("STORE_KEY_DAMAGED: what is in the keychain is no key", async () => {
    for (const text of ["", "short", Buffer.alloc(31).toString("base64"), Buffer.alloc(33).toString("base64")]) {
      const entry = library((() => Promise.resolve(text)) as unknown as () => Promise<never>);
      await assert.rejects(keychainGuardKind({ library: entry, busPatienceMs: null }).open("x").load(), {
        code: "STORE_KEY_DAMAGED",
      });
    }
  });
});

/** Runs a program that uses the guard, with no session bus anywhere, and gives what it said. */
async function alone(context: { after(work: () => void): void }, source: string, runtimeFolder = "/nonexistent") {
  const folder = mkdtempSync(join(tmpdir(), "brevet-test-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, "program.mjs");
  const keyring = createRequire(import.meta.url).resolve("@napi-rs/keyring");
  await esbuild.build({
    stdin: {
      contents: `import { keychainGuardKind } from "./keychain-guard.ts";
        import { Secret } from "../../core/secret.ts";
        const keyring = ${JSON.stringify(keyring)};
        ${source}`,
      resolveDir: import.meta.dirname,
      loader: "ts",
    },
    external: ["@napi-rs/keyring"],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: program,
    logLevel: "warning",
  });
  const { DBUS_SESSION_BUS_ADDRESS: _bus, NODE_EXTRA_CA_CERTS: _slow, ...environment } = process.env;
  return spawnSync(process.execPath, [program], {
    env: { ...environment, XDG_RUNTIME_DIR: runtimeFolder },
    encoding: "utf8",
    timeout: 60_000,
  });
}

describe("the keychain guard in a session without a bus", () => {
  it("says so, and writes nothing to the kernel keyring", { skip: process.platform !== "linux" }, async (context) => {
    const ended = await alone(
      context,
      `import { readFileSync } from "node:fs";
       const { default: library } = await import(keyring);
       const codes = [];
       for (const busPatienceMs of [2000, null]) {
         const guard = keychainGuardKind({ library: async () => library, busPatienceMs }).open("test-" + process.pid);
         for (const call of [() => guard.save(new Secret("key", new Uint8Array(32))), () => guard.load()])
           codes.push(await call().then(() => "done", (error) => error.code));
       }
       // The same call with the other store shows where a key would be, and that we would see it. Not every kernel
       // lets the probe be removed again: it has one name, and no secret in it.
       const kernel = new library.Entry("brevet", "probe", { linux: { store: "keyutils" } });
       for (const attempt of [1, 2]) try { kernel.setPassword("x"); } catch {}
       let keys = "";
       try { keys = readFileSync("/proc/keys", "utf8"); } catch {}
       try { kernel.deletePassword(); } catch {}
       console.log(JSON.stringify({ codes, keys, pid: process.pid }));`,
    );
    assert.equal(ended.status, 0, ended.stderr);
    const { codes, keys, pid } = JSON.parse(ended.stdout);
    assert.deepEqual(codes, Array(4).fill("STORE_GUARD_ABSENT"));
    if (!keys.includes("keyring:probe@brevet")) context.diagnostic("this kernel lets nobody look into its keyring");
    assert.ok(!keys.includes(`test-${pid}`));
  });

  it("is left by a process although the library's call never ends", async (context) => {
    const ended = await alone(
      context,
      `const stuck = { getPassword: () => new Promise(() => setInterval(() => {}, 1000)) };
       const library = async () => ({ AsyncEntry: class { constructor() { return stuck; } } });
       const guard = keychainGuardKind({ library, busPatienceMs: null, patienceSeconds: 0.05 }).open("x");
       await guard.load().catch((error) => console.log(error.code));
       process.exit(1);`,
    );
    assert.equal(ended.stdout, "STORE_GUARD_SLOW\n");
    assert.equal(ended.signal, "SIGKILL");
  });
});
