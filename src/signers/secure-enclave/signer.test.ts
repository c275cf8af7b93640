import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, describe, it } from "node:test";
import { signerContract } from "../../../test/contracts/signer.ts";
import { memoryStore } from "../../../test/contracts/signer-memory-store.ts";
import { Fault } from "../../core/fault.ts";
import { placeIn } from "../../core/place.ts";
import type { Store } from "../../core/store.ts";
import { parseSecureEnclaveOptions } from "./options.ts";
import { secureEnclaveSigners } from "./signer.ts";

/** Stands in for the Swift program: there is no Mac here. */
const PROGRAM = resolve(import.meta.dirname, "../../../test/contracts/secure-enclave-stand-in.mjs");
const SOURCES = resolve(import.meta.dirname, "../../../native/secure-enclave/Sources");
const home = mkdtempSync(join(tmpdir(), "secure-enclave-"));
after(() => rmSync(home, { recursive: true }));
let folders = 0;
const newFolder = (): string => join(home, String(folders++));

interface Wishes {
  readonly store?: Store;
  readonly stateFolder?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly program?: string;
}

function kindWith({ store = memoryStore(), stateFolder = newFolder(), program = PROGRAM }: Wishes) {
  const environment = { PATH: process.env["PATH"] ?? "" };
  return { kind: secureEnclaveSigners({ store, environment, stateFolder, besideBrevet: home }), program };
}

function signerWith(wishes: Wishes) {
  const { kind, program } = kindWith(wishes);
  return kind.open({ identity: "laptop", options: { program, ...wishes.options } });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (cause: unknown) => (cause instanceof Fault ? cause.code : String(cause)),
  );
}

/** The program on another machine, or with another person: a program is given no variables that nobody asked for. */
function programWith(variables: Readonly<Record<string, string>>): string {
  const file = join(home, `stand-in-${folders++}.mjs`);
  const set = Object.entries(variables).map(
    ([name, value]) => `process.env[${JSON.stringify(name)}] = ${JSON.stringify(value)};`,
  );
  const [shebang = "", ...source] = readFileSync(PROGRAM, "utf8").split("\n");
  writeFileSync(file, [shebang, ...source.slice(0, 3), ...set, ...source.slice(3)].join("\n"), { mode: 0o755 });
  return file;
}

signerContract("secure-enclave, its program stood in for", async () => {
  const [store, stateFolder] = [memoryStore(), newFolder()];
  return {
    open: (identity, generation) =>
      kindWith({ store, stateFolder }).kind.open({ identity, generation, options: { program: PROGRAM, presence: "none" } }),
    close: async () => undefined,
  };
});

describe("a key in the Secure Enclave", () => {
  it("is kept for its owner alone, and forgotten with its file", async () => {
    const stateFolder = newFolder();
    const signer = signerWith({ stateFolder });
    await signer.createKey("ES256");
    const folder = join(stateFolder, "secure-enclave");
    assert.deepEqual(readdirSync(folder), ["laptop.json"]);
    assert.equal(statSync(join(folder, "laptop.json")).mode & 0o777, 0o600);
    await signer.destroyKeys();
    assert.deepEqual(readdirSync(folder), []);
  });

  it("opens nothing on another machine", async () => {
    const [store, stateFolder, copied] = [memoryStore(), newFolder(), newFolder()];
    await signerWith({ store, stateFolder }).createKey("ES256");
    mkdirSync(copied);
    cpSync(stateFolder, copied, { recursive: true });
    const other = signerWith({ store, stateFolder: copied, program: programWith({ STAND_IN_MACHINE: "other" }) });
    assert.equal(await codeOf((await other.signingKey("ES256"))?.sign(Buffer.from("m")) ?? assert.fail()), "KEY_ABSENT");
  });

  it("asks for what it was made with: a config that was changed later makes it no laxer", async () => {
    const [store, stateFolder] = [memoryStore(), newFolder()];
    await signerWith({ store, stateFolder, options: { presence: "biometric" } }).createKey("ES256");
    for (const presence of ["any", "none"]) {
      const key = await signerWith({ store, stateFolder, options: { presence } }).signingKey("ES256");
      assert.equal(await codeOf(key?.sign(Buffer.from("m")) ?? assert.fail()), "SIGNER_FAILED");
    }
  });

  it("says what it asks for, and a person who says no is no defect", async () => {
    const words = { any: "biometric", biometric: "biometric", none: "none" };
    for (const [presence, told] of Object.entries(words)) {
      assert.equal(signerWith({ options: { presence } }).description.presence, told);
      assert.equal(signerWith({ options: { presence } }).description.residence, "hardware");
    }
    const [store, stateFolder] = [memoryStore(), newFolder()];
    await signerWith({ store, stateFolder }).createKey("ES256");
    const refusing = signerWith({ store, stateFolder, program: programWith({ STAND_IN_PERSON: "refuses" }) });
    assert.equal(await codeOf((await refusing.signingKey("ES256"))?.sign(Buffer.from("m")) ?? assert.fail()), "SIGNER_FAILED");
  });
});

describe("probing for a Secure Enclave", () => {
  it("settles what a signature asks for, so that the config says it", async () => {
    const { kind } = kindWith({});
    const probe = await kind.probe({ program: PROGRAM });
    assert.ok(probe.usable);
    assert.deepEqual(probe.settled, { program: PROGRAM, presence: "any" });
  });

  it("finds none on another system, without an enclave, without its program, or where that asks for less", async () => {
    const { kind } = kindWith({});
    const lax = programWith({});
    const laxer = readFileSync(lax, "utf8").replace('presence === "none" ? "none" : "biometric"', '"none"');
    writeFileSync(lax, laxer);
    const unusable = [
      {},
      { program: join(home, "nowhere") },
      { program: programWith({ STAND_IN_MACHINE: "none" }) },
      { program: lax },
    ];
    for (const options of unusable) assert.equal((await kind.probe(options)).usable, false, JSON.stringify(options));
  });

  it("takes the program that lies beside brevet", async () => {
    const besideBrevet = newFolder();
    mkdirSync(besideBrevet);
    symlinkSync(PROGRAM, join(besideBrevet, "brevet-secure-enclave"));
    const environment = { PATH: process.env["PATH"] ?? "" };
    const parts = { store: memoryStore(), environment, stateFolder: newFolder(), besideBrevet, platform: "darwin" as const };
    assert.equal((await secureEnclaveSigners(parts).probe({})).usable, true);
  });
});

describe("the options of a key in the Secure Enclave", () => {
  const refused: readonly (readonly [string, string, unknown])[] = [
    ["another presence", "CONFIG_MALFORMED", { presence: "fingerprint" }],
    ["a longer window than the system has", "DURATION_INVALID", { reuse: "6m" }],
    ["a relative program", "CONFIG_MALFORMED", { program: "brevet-secure-enclave" }],
    ["a reason of two lines", "CONFIG_MALFORMED", { reason: "a\nb" }],
    ["an unknown key", "CONFIG_KEY_UNKNOWN", { presense: "none" }],
  ];
  for (const [what, code, options] of refused) {
    it(`refuse ${what}`, () =>
      assert.throws(
        () => parseSecureEnclaveOptions(options, placeIn(null, "signer")),
        (cause) => cause instanceof Fault && cause.code === code,
      ));
  }

  it("are arguments that the program's own source knows, as the stand-in does", () => {
    const source = readFileSync(join(SOURCES, "Settings.swift"), "utf8");
    const [, known = ""] = /\[((?:"--[a-z]+",? ?)+)\]\.contains/.exec(source) ?? [];
    assert.ok(readFileSync(PROGRAM, "utf8").includes(`[${known}].includes`), known);
    for (const word of ["any", "biometric", "none"]) assert.match(source, new RegExp(`case ${word}\\b`));
  });
});
