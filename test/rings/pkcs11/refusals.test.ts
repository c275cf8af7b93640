import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Fault } from "../../../src/core/fault.ts";
import type { FaultCode } from "../../../src/core/fault-codes.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { Store } from "../../../src/core/store.ts";
import { FUNCTION_INDEX } from "../../../src/wire/pkcs11/constants.ts";
import { memoryStore } from "../../contracts/signer-memory-store.ts";
import { openSoftToken, type Person, PIN, SOFTHSM, type SoftToken, signersOn } from "./soft-token.ts";

async function codeOf(work: Promise<unknown>): Promise<FaultCode> {
  const cause = await work.then(
    () => assert.fail("it went well"),
    (thrown: unknown) => thrown,
  );
  assert.ok(cause instanceof Fault, String(cause));
  return cause.code;
}

let token: SoftToken;
before(() => {
  token = openSoftToken();
});
after(() => token.close());

const options = { module: SOFTHSM, token: "dev" };
const openLaptop = (store = memoryStore(), person?: Person, more: Readonly<Record<string, unknown>> = {}) =>
  signersOn(token, store, person === undefined ? {} : { person }).open({ identity: "laptop", options: { ...options, ...more } });

describe("a token of SoftHSM", () => {
  it("is described, and that is what the config keeps", async () => {
    const kind = signersOn(token, memoryStore());
    const probe = await kind.probe(options);
    assert.ok(probe.usable);
    assert.equal(probe.residence, "software");
    const { token: uri, ...settled } = probe.settled ?? {};
    assert.match(String(uri), /^pkcs11:token=dev;serial=[0-9a-f]{16}$/);
    assert.deepEqual(settled, { module: SOFTHSM, pin: "ask", algorithms: ["ES256", "RS256"], residence: "software" });
    assert.equal((await kind.probe({})).usable, false);
    const signer = kind.open({ identity: "settled", options: probe.settled ?? {} });
    assert.equal((await signer.createKey("ES256")).algorithm, "ES256");
  });

  it("keeps a key from being read", async () => {
    const store = memoryStore();
    await openLaptop(store).createKey("ES256");
    const listed = token.tool("pkcs11-tool", "--login", "--pin", PIN, "--list-objects", "--type", "privkey");
    assert.match(listed, /label: +brevet laptop/);
    assert.match(listed, /Access: +sensitive, always sensitive, never extract/);
    assert.ok(!listed.includes("extractable\n"));
    await openLaptop(store).destroyKeys();
    const left = token.tool("pkcs11-tool", "--login", "--pin", PIN, "--list-objects");
    assert.ok(!left.includes("brevet laptop"), left);
  });

  it("takes no wrong PIN, and nothing is left over from the attempt", async () => {
    const store = memoryStore();
    const person = { pins: ["9999"], heard: [] };
    assert.equal(await codeOf(openLaptop(store, person).createKey("ES256")), "PIN_WRONG");
    assert.equal(await openLaptop(store).signingKey("ES256"), null);
    const key = await openLaptop(store).createKey("ES256");
    assert.equal(
      token.tool("pkcs11-tool", "--login", "--pin", PIN, "--list-objects").split(await idOf(store, "laptop.es256.pkcs11")).length,
      3,
    );
    const signing = await openLaptop(store, { pins: ["9999"], heard: [] }).signingKey("ES256");
    assert.equal(signing?.kid, key.kid);
    assert.equal(await codeOf(signing?.sign(Buffer.from("m")) ?? assert.fail()), "PIN_WRONG");
  });

  it("is asked for its PIN once where the store keeps it, and never twice for one that was wrong", async () => {
    const store = memoryStore();
    const person = { pins: [PIN], heard: [] };
    const open = (pins: string[]) => openLaptop(store, { ...person, pins }, { pin: "stored" });
    await open([PIN]).createKey("ES256");
    const key = await open(["9999", "9999"]).signingKey("ES256");
    await key?.sign(Buffer.from("m"));
    await key?.sign(Buffer.from("n"));
    assert.equal((await store.load("keys", "laptop.pin.pkcs11"))?.reveal(), PIN);
    await store.save("keys", "laptop.pin.pkcs11", new Secret("PIN", "9999"));
    assert.equal(await codeOf((await open([PIN]).signingKey("ES256"))?.sign(Buffer.from("m")) ?? assert.fail()), "PIN_WRONG");
    assert.equal(await store.load("keys", "laptop.pin.pkcs11"), null);
    await (await open([PIN]).signingKey("ES256"))?.sign(Buffer.from("m"));
    await open([]).destroyKeys();
    assert.deepEqual(await store.list("keys"), []);
  });

  it("is given the PIN from an open file, as often as it is needed", async () => {
    const file = join(token.folder, "pin");
    writeFileSync(file, `${PIN}\nnot this\n`, { mode: 0o600 });
    const descriptor = openSync(file, "r");
    try {
      const signer = openLaptop(memoryStore(), { pins: ["9999", "9999"], heard: [] }, { pin: `fd:${descriptor}` });
      await signer.createKey("ES256");
      assert.ok(await (await signer.signingKey("ES256"))?.sign(Buffer.from("m")));
    } finally {
      closeSync(descriptor);
    }
    assert.equal(
      await codeOf(openLaptop(memoryStore(), undefined, { pin: `fd:${descriptor}` }).createKey("ES256")),
      "FILE_UNREADABLE",
    );
    assert.equal(await codeOf(openLaptop(memoryStore(), undefined, { pin: "none" }).createKey("ES256")), "PERSON_ABSENT");
  });

  it("gives a key that was there before, and that is left when brevet forgets it", async () => {
    const make = (type: string, id: string): unknown =>
      token.tool("pkcs11-tool", "--login", "--pin", PIN, "--keypairgen", "--key-type", type, "--label", "mine", "--id", id);
    make("EC:prime256v1", "07");
    make("rsa:2048", "08");
    const store = memoryStore();
    const signer = openLaptop(store, undefined, { key: "mine" });
    for (const algorithm of ["ES256", "RS256"] as const) {
      const made = await signer.createKey(algorithm);
      assert.equal((await signer.signingKey(algorithm))?.kid, made.kid);
      assert.ok(await (await signer.signingKey(algorithm))?.sign(Buffer.from("m")));
    }
    const byId = openLaptop(memoryStore(), undefined, { key: "pkcs11:id=%07" });
    assert.equal((await byId.createKey("ES256")).kid, (await signer.signingKey("ES256"))?.kid);
    assert.equal(await codeOf(byId.createKey("RS256")), "KEY_ABSENT");
    const rsa = { ...options, key: "pkcs11:id=%08" };
    await assert.rejects(openLaptop(memoryStore(), undefined, rsa).createKey("ES256"), {
      hints: ["its key of that name is for RS256: `--signer-option algorithms=RS256`"],
    });
    const probe = await signersOn(token, memoryStore()).probe({ ...rsa, algorithms: "RS256" });
    const settled = probe.usable ? (probe.settled ?? {}) : assert.fail();
    const ofRsa = signersOn(token, memoryStore()).open({ identity: "laptop", options: settled });
    assert.deepEqual(ofRsa.algorithms, ["RS256"]);
    assert.equal((await ofRsa.createKey("RS256")).kid, (await signer.signingKey("RS256"))?.kid);
    const held = await signer.publicKeys();
    assert.deepEqual(await signer.destroyKeys(), held);
    assert.equal(held.length, 2);
    assert.match(token.tool("pkcs11-tool", "--login", "--pin", PIN, "--list-objects"), /label: +mine/);
    make("EC:prime256v1", "09");
    assert.equal(await codeOf(openLaptop(memoryStore(), undefined, { key: "mine" }).createKey("ES256")), "USAGE_INVALID");
    make("EC:secp384r1", "0a");
    const p384 = openLaptop(memoryStore(), undefined, { key: "pkcs11:id=%0A" });
    assert.equal(await codeOf(p384.createKey("ES256")), "SIGNER_FAILED");
  });

  it("goes on where an interrupted run stopped", async () => {
    const store = memoryStore();
    await store.save("keys", "laptop.es256.pkcs11", new Secret("key on a token", '{"id":"abcd","made":true,"jwk":null}'));
    assert.deepEqual(await openLaptop(store).publicKeys(), []);
    const key = await openLaptop(store).createKey("ES256");
    assert.equal(await idOf(store, "laptop.es256.pkcs11"), "abcd");
    await store.save("keys", "laptop.es256.pkcs11", new Secret("key on a token", '{"id":"abcd","made":true,"jwk":null}'));
    assert.equal((await openLaptop(store).createKey("ES256")).kid, key.kid);
  });

  it("that lost its key, or has another under its id, signs nothing", async () => {
    const store = memoryStore();
    await openLaptop(store).createKey("ES256");
    const id = await idOf(store, "laptop.es256.pkcs11");
    for (const type of ["privkey", "pubkey"]) {
      token.tool("pkcs11-tool", "--login", "--pin", PIN, "--delete-object", "--type", type, "--id", id);
    }
    const signing = await openLaptop(store).signingKey("ES256");
    assert.equal(await codeOf(signing?.sign(Buffer.from("m")) ?? assert.fail()), "KEY_ABSENT");
    token.tool("pkcs11-tool", "--login", "--pin", PIN, "--keypairgen", "--key-type", "EC:prime256v1", "--id", id);
    assert.equal(await codeOf(signing?.sign(Buffer.from("m")) ?? assert.fail()), "SIGNER_FAILED");
  });

  it("is not there, or one of two", async () => {
    const other = (wish: Readonly<Record<string, unknown>>) =>
      codeOf(
        signersOn(token, memoryStore())
          .open({ identity: "laptop", options: { module: SOFTHSM, ...wish } })
          .createKey("ES256"),
      );
    assert.equal(await other({ token: "elsewhere" }), "SIGNER_ABSENT");
    token.addToken("dev");
    try {
      assert.equal(await other({ token: "dev" }), "USAGE_INVALID");
    } finally {
      token.close();
      token = openSoftToken();
    }
  });
});

describe("a module", () => {
  let folder: string;
  let module: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "strange-module-"));
    module = join(folder, "strange.so");
    execFileSync("cc", ["-shared", "-fPIC", "-o", module, join(import.meta.dirname, "strange-module.c")]);
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Its code, and how long it took in seconds. */
  async function probe(how: string, path = module, deadlineSeconds = 20): Promise<FaultCode> {
    const environment = { PATH: process.env["PATH"] ?? "", STRANGE_MODULE: how };
    return codeOf(signersOn({ environment }, memoryStore(), { deadlineSeconds }).probe({ module: path }));
  }

  it("that crashes, ends its process or talks does it in a process of its own", async () => {
    assert.equal(await probe("crash"), "SIGNER_FAILED");
    assert.equal(await probe("exit"), "SIGNER_FAILED");
    assert.equal(await probe("5"), "SIGNER_FAILED");
  });

  it("that hangs is ended, and the person hears that somebody waits", async () => {
    const person = { pins: [], heard: [] as string[] };
    const environment = { PATH: process.env["PATH"] ?? "", STRANGE_MODULE: "hang" };
    assert.equal(
      await codeOf(signersOn({ environment }, memoryStore(), { person, deadlineSeconds: 3 }).probe({ module })),
      "SIGNER_FAILED",
    );
    assert.equal(person.heard.length, 1);
  });

  it("whose token says what is wrong is believed", async () => {
    const meanings: readonly (readonly [string, FaultCode])[] = [
      ["a0", "PIN_WRONG"],
      ["a4", "PIN_LOCKED"],
      ["b1", "SIGNER_BUSY"],
      ["32", "SIGNER_ABSENT"],
      ["80000001", "SIGNER_FAILED"],
    ];
    for (const [returned, code] of meanings) assert.equal(await probe(returned), code);
  });

  it("says of a token that cannot be asked what is wrong with it, and not that it is none or signs nothing", async () => {
    const cannot = async (name: keyof typeof FUNCTION_INDEX, returned: string): Promise<Fault["details"]> => {
      const strange = { STRANGE_MODULE: returned, STRANGE_FUNCTION: String(FUNCTION_INDEX[name]) };
      const environment = { PATH: process.env["PATH"] ?? "", ...strange };
      const cause = await signersOn({ environment }, memoryStore())
        .probe({ module })
        .catch((thrown: unknown) => thrown);
      assert.ok(cause instanceof Fault, JSON.stringify(cause));
      assert.ok(cause.hints.length > 0);
      return { code: cause.code, ...cause.details };
    };
    for (const name of ["C_GetTokenInfo", "C_GetMechanismInfo"] as const) {
      assert.deepEqual(await cannot(name, "30"), { code: "SIGNER_FAILED", function: name, returned: "CKR_DEVICE_ERROR" });
    }
    const absent = { code: "SIGNER_ABSENT", function: "C_Initialize", returned: "CKR_TOKEN_NOT_PRESENT" };
    assert.deepEqual(await cannot("C_Initialize", "e0"), absent);
  });

  it("that is none, or not there, is absent", async () => {
    const text = join(folder, "text.so");
    writeFileSync(text, "not a library");
    assert.equal(await probe("", text), "SIGNER_ABSENT");
    assert.equal(await probe("", join(folder, "nowhere.so")), "SIGNER_ABSENT");
    assert.equal(await probe("", "/lib/x86_64-linux-gnu/libc.so.6"), "SIGNER_ABSENT");
  });
});

async function idOf(store: Store, name: string): Promise<string> {
  const sealed = await store.load("keys", name);
  return JSON.parse(sealed?.reveal() ?? assert.fail(`there is no ${name}`)).id;
}
