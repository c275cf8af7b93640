import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, describe, it } from "node:test";
import { signerContract } from "../../../test/contracts/signer.ts";
import { memoryStore } from "../../../test/contracts/signer-memory-store.ts";
import { Fault } from "../../core/fault.ts";
import type { FaultCode } from "../../core/fault-codes.ts";
import { Secret } from "../../core/secret.ts";
import type { Signer } from "../../core/signer.ts";
import type { Store } from "../../core/store.ts";
import type { Environment } from "../../platform/paths.ts";
import { commandSigners } from "./signer.ts";

const PROGRAM = resolve(import.meta.dirname, "../../../test/contracts/external-signer.mjs");
const home = mkdtempSync(join(tmpdir(), "command-signer-"));
after(() => rmSync(home, { recursive: true }));
let folders = 0;

const newFolder = (): string => join(home, String(folders++));

interface Wishes {
  readonly store?: Store;
  readonly folder?: string;
  readonly environment?: Environment;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly deadlineSeconds?: number;
}

/** The signer of `laptop` whose program does one thing wrong. */
function signerThat(wrong: string, { store = memoryStore(), folder = newFolder(), options = {}, ...parts }: Wishes = {}): Signer {
  const command = [process.execPath, PROGRAM, folder, wrong];
  const kind = commandSigners({ store, environment: {}, ...parts });
  return kind.open({ identity: "laptop", options: { command, ...options } });
}

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const cause = await work.then(
    () => assert.fail("it went well"),
    (thrown: unknown) => thrown,
  );
  assert.ok(cause instanceof Fault, String(cause));
  return cause;
}

signerContract("command, asking a program", async () => {
  const store = memoryStore();
  const command = [process.execPath, PROGRAM, newFolder()];
  return {
    open: (identity, generation) =>
      commandSigners({ store, environment: {} }).open({
        identity,
        generation,
        options: { command, algorithms: ["ES256", "RS256"] },
      }),
    close: async () => undefined,
  };
});

describe("a key of an external signer", () => {
  const broken: readonly (readonly [string, FaultCode])[] = [
    ["other-key", "SIGNER_FAILED"],
    ["other-message", "SIGNER_FAILED"],
    ["garbage", "SIGNER_FAILED"],
    ["list", "SIGNER_FAILED"],
    ["silent", "SIGNER_FAILED"],
    ["fails", "SIGNER_FAILED"],
    ["killed", "SIGNER_FAILED"],
    ["flood", "SIGNER_FAILED"],
    ["refuses", "SIGNER_FAILED"],
    ["bad-word", "SIGNER_FAILED"],
    ["absent", "SIGNER_ABSENT"],
  ];
  for (const [wrong, code] of broken) {
    it(`is neither enrolled nor signed with when the program is wrong: ${wrong}`, async () => {
      const [store, folder] = [memoryStore(), newFolder()];
      assert.equal((await faultOf(signerThat(wrong, { store, folder }).createKey("ES256"))).code, code);
      assert.deepEqual(await store.list("keys"), []);
      const made = await signerThat("nothing", { store, folder }).createKey("ES256");
      const key = await signerThat(wrong, { store, folder }).signingKey("ES256");
      assert.equal(key?.kid, made.kid);
      assert.equal((await faultOf(key?.sign(Buffer.from("message")) ?? assert.fail())).code, code);
    });
  }

  it("is not waited for beyond the deadline", async () => {
    const fault = await faultOf(signerThat("hangs", { deadlineSeconds: 0.5 }).createKey("ES256"));
    assert.equal(fault.code, "SIGNER_FAILED");
  });

  it("is not waited for when its program failed and left one behind that holds its output open", async () => {
    const began = performance.now();
    const fault = await faultOf(signerThat("fails-beside-a-child", { deadlineSeconds: 15 }).createKey("ES256"));
    assert.match(fault.message, /ended with status 7/);
    assert.ok(performance.now() - began < 10_000);
  });

  it("is absent without its program", async () => {
    const kind = commandSigners({ store: memoryStore(), environment: {} });
    const signer = kind.open({ identity: "laptop", options: { command: join(home, "nowhere") } });
    assert.equal((await faultOf(signer.createKey("ES256"))).code, "SIGNER_ABSENT");
    const file = join(home, "not-executable");
    writeFileSync(file, "", { mode: 0o600 });
    const other = kind.open({ identity: "laptop", options: { command: [file] } });
    assert.equal((await faultOf(other.createKey("ES256"))).code, "SIGNER_ABSENT");
  });

  it("that the program lost is a missing key", async () => {
    const [store, folder] = [memoryStore(), newFolder()];
    await signerThat("nothing", { store, folder }).createKey("ES256");
    const key = await signerThat("nothing", { store }).signingKey("ES256");
    assert.equal((await faultOf(key?.sign(Buffer.from("message")) ?? assert.fail())).code, "KEY_ABSENT");
  });

  it("is taken on when an interrupted run left it", async () => {
    const folder = newFolder();
    const first = await signerThat("nothing", { folder }).createKey("ES256");
    assert.deepEqual(await signerThat("nothing", { folder }).createKey("ES256"), first);
  });

  it("is what was enrolled, whatever an entry is replaced with", async () => {
    const store = memoryStore();
    await signerThat("nothing", { store }).createKey("ES256");
    const [name] = await store.list("keys");
    for (const held of ["", "null", "{}", '{"kty":"EC"}']) {
      await store.save("keys", name ?? "", new Secret("enrolled public key", held));
      assert.equal((await faultOf(signerThat("nothing", { store }).signingKey("ES256"))).code, "STORE_ENTRY_DAMAGED");
    }
  });

  it("never collides with a key in software of the same name", async () => {
    const store = memoryStore();
    await store.save("keys", "laptop.es256", new Secret("private key", "of another kind"));
    await signerThat("nothing", { store }).createKey("ES256");
    await signerThat("nothing", { store }).destroyKeys();
    assert.deepEqual(await store.list("keys"), ["laptop.es256"]);
  });
});

describe("the program of an external signer", () => {
  it("is given a short environment, and what the config names", async () => {
    const environment = { PATH: "/bin", HOME: home, AWS_SECRET_ACCESS_KEY: "planted", VAULT_ADDR: "v", OTHER: "o" };
    const fault = await faultOf(
      signerThat("environment", { environment, options: { environment: ["VAULT_ADDR"] } }).createKey("ES256"),
    );
    assert.match(fault.message, /failed: HOME PATH VAULT_ADDR,/);
  });

  it("cannot write control characters to the terminal through its answer", async () => {
    const folder = newFolder();
    const fault = await faultOf(signerThat("refuses", { folder }).createKey("ES256"));
    assert.match(fault.message, /refused: no \[31m finger came,/);
  });

  it("is asked what it is before it is used, and that is what the config keeps", async () => {
    const kind = commandSigners({ store: memoryStore(), environment: {} });
    const command = [process.execPath, PROGRAM, newFolder()];
    assert.deepEqual(await kind.probe({ command }), {
      usable: true,
      residence: "software",
      summary: "keys in a folder",
      settled: { command, algorithms: ["ES256", "RS256"], residence: "software", presence: "none" },
    });
    const nothing = await kind.probe({});
    assert.ok(!nothing.usable);
    assert.deepEqual([nothing.hints.length, nothing.hintsWhenAsked?.length], [0, 1]);
    const absent = await faultOf(kind.probe({ command: join(home, "nowhere") }));
    assert.equal(absent.code, "SIGNER_ABSENT");
  });

  const options: readonly (readonly [string, unknown, FaultCode])[] = [
    ["no command", {}, "CONFIG_MALFORMED"],
    ["an empty command", { command: [] }, "CONFIG_MALFORMED"],
    ["a relative path", { command: "./signer" }, "CONFIG_MALFORMED"],
    ["a bare name", { command: ["signer", "--slot=1"] }, "CONFIG_MALFORMED"],
    ["a NUL character", { command: ["/bin/signer", "a\0b"] }, "CONFIG_MALFORMED"],
    ["an unknown algorithm", { command: "/bin/signer", algorithms: ["EdDSA"] }, "CONFIG_MALFORMED"],
    ["an unknown option", { command: "/bin/signer", shell: true }, "CONFIG_KEY_UNKNOWN"],
  ];
  for (const [title, raw, code] of options) {
    it(`is not taken from options with ${title}`, async () => {
      const kind = commandSigners({ store: memoryStore(), environment: {} });
      const open = async (): Promise<unknown> => kind.open({ identity: "laptop", options: raw as Record<string, unknown> });
      assert.equal((await faultOf(open())).code, code);
    });
  }
});
