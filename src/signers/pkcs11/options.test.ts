import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Fault } from "../../core/fault.ts";
import { placeIn } from "../../core/place.ts";
import { Secret } from "../../core/secret.ts";
import { parseKeyRecord } from "./key-record.ts";
import { parseModuleAnswer } from "./module-answer.ts";
import { encodeModuleAnswer, holdsModuleAnswer } from "./module-request.ts";
import { parsePkcs11Options } from "./options.ts";
import { obtainPin } from "./pin.ts";

function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (cause) {
    assert.ok(cause instanceof Fault, String(cause));
    return cause;
  }
  return assert.fail("it went well");
}

const module = "/usr/lib/module.so";

describe("the options of a signer on a token", () => {
  it("name a token and a key by label or by URI", () => {
    const { selector, key, pin } = parsePkcs11Options({ module, token: "dev", key: "mine" }, placeIn(null, "signer"));
    assert.deepEqual({ selector, key, pin }, { selector: { token: "dev" }, key: { label: "mine" }, pin: { from: "person" } });
    const uri = parsePkcs11Options(
      { token: `pkcs11:token=dev;id=%01?module-path=${module}`, pin: "fd:3" },
      placeIn(null, "signer"),
    );
    assert.equal(uri.module, module);
    assert.deepEqual(uri.key, { id: Uint8Array.of(1) });
    assert.deepEqual(uri.pin, { from: "descriptor", descriptor: 3 });
    const split = parsePkcs11Options({ module, token: "dev", key: "pkcs11:serial=1;object=mine" }, placeIn(null, "signer"));
    assert.deepEqual(split.selector, { token: "dev", serial: "1" });
    assert.deepEqual(split.key, { label: "mine" });
    assert.equal(parsePkcs11Options({ module, pin: "none" }, placeIn(null, "signer")).pin, null);
  });

  const wrong: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
    ["no module", {}, "CONFIG_MALFORMED"],
    ["a relative module", { module: "libsofthsm2.so" }, "CONFIG_MALFORMED"],
    ["a URI that is none", { module, token: "pkcs11:tokne=dev" }, "CONFIG_MALFORMED"],
    ["a key that a URI does not name", { module, key: "pkcs11:token=dev" }, "CONFIG_MALFORMED"],
    ["a PIN in place of where it is", { module, pin: "837261" }, "CONFIG_MALFORMED"],
    ["the standard input for a PIN", { module, pin: "fd:0" }, "CONFIG_MALFORMED"],
    ["an unknown option", { module, slot: 1 }, "CONFIG_KEY_UNKNOWN"],
  ];
  for (const [title, raw, code] of wrong) {
    it(`are not taken with ${title}`, () => {
      const fault = faultOf(() => parsePkcs11Options(raw, placeIn(null, "signer")));
      assert.equal(fault.code, code);
      assert.ok(!fault.message.includes("837261"));
    });
  }
});

describe("what the process of a module answers", () => {
  it("is read behind whatever the module printed", () => {
    const text = `noise {"answer":1}\nmore${encodeModuleAnswer({ signature: "00" })}`;
    assert.ok(holdsModuleAnswer(text));
    assert.deepEqual(parseModuleAnswer(text, "sign"), { signature: "00" });
    assert.ok(!holdsModuleAnswer(text.slice(0, -1)));
    assert.equal(parseModuleAnswer(text.slice(0, -1), "sign"), null);
  });

  it("is a fault as it was raised, or one of the signer", () => {
    const raised = new Fault("PIN_WRONG", "the token refused the PIN", { hints: ["look"], details: { returned: "x" } });
    const fault = faultOf(() => parseModuleAnswer(encodeModuleAnswer(raised), "sign"));
    assert.deepEqual(
      [fault.code, fault.message, fault.hints, fault.details],
      [raised.code, raised.message, ["look"], { returned: "x" }],
    );
    assert.equal(
      faultOf(() => parseModuleAnswer('\x1e{"fault":{"code":"toString","message":"m","hints":[],"details":{}}}\n', "sign")).code,
      "SIGNER_FAILED",
    );
  });

  it("raises nothing but faults, whatever a module writes", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          for (const task of ["inspect", "find", "sign"] as const) parseModuleAnswer(`\x1e${text}\n`, task);
        } catch (cause) {
          assert.ok(cause instanceof Fault);
        }
      }),
    );
  });
});

describe("a PIN", () => {
  const terminal = { askSecret: async () => "from the person" };

  it("comes from where the config says", async () => {
    assert.equal(await obtainPin(null, terminal, "laptop"), null);
    assert.equal((await obtainPin({ from: "person" }, terminal, "laptop"))?.reveal(), "from the person");
  });

  it("is the first line of an open file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pin-"));
    const read = async (text: string | Uint8Array): Promise<string | null> => {
      const file = join(folder, "pin");
      writeFileSync(file, text);
      const descriptor = openSync(file, "r");
      try {
        await obtainPin({ from: "descriptor", descriptor }, terminal, "laptop");
        return (await obtainPin({ from: "descriptor", descriptor }, terminal, "laptop"))?.reveal() ?? null;
      } finally {
        closeSync(descriptor);
      }
    };
    assert.equal(await read("1234"), "1234");
    assert.equal(await read("1234\r\nmore"), "1234");
    const longest = "ü".repeat(127).padEnd(128, "1");
    assert.equal(await read(`${longest}\r\n`), longest);
    const none = ["", "\n1234", "1".repeat(256), `${"1".repeat(300)}\n`, Uint8Array.of(0x31, 0xfc, 0x32, 0x0a)];
    for (const text of none) await assert.rejects(read(text), { code: "FILE_UNREADABLE" });
    await assert.rejects(obtainPin({ from: "descriptor", descriptor: 999 }, terminal, "laptop"), { code: "FILE_UNREADABLE" });
    rmSync(folder, { recursive: true });
  });
});

describe("the record of a key on a token", () => {
  const ec = { kty: "EC", crv: "P-256", x: "A".repeat(43), y: "A".repeat(43) };
  const strange = ["", "null", "[]", "{}", '{"id":"zz","made":true,"jwk":null}', '{"id":"00","made":1,"jwk":null}'];
  for (const text of [
    ...strange,
    '{"id":"00","made":true}',
    JSON.stringify({ id: "00", made: true, jwk: { ...ec, crv: "P-384" } }),
  ]) {
    it(`is damaged: ${text}`, () => {
      const fault = faultOf(() => parseKeyRecord(new Secret("key on a token", text), "ES256", "laptop.es256.pkcs11"));
      assert.equal(fault.code, "STORE_ENTRY_DAMAGED");
    });
  }

  it("is of one algorithm", () => {
    const sealed = new Secret("key on a token", JSON.stringify({ id: "00", made: false, jwk: ec }));
    assert.equal(parseKeyRecord(sealed, "ES256", "entry").key?.algorithm, "ES256");
    assert.equal(faultOf(() => parseKeyRecord(sealed, "RS256", "entry")).code, "STORE_ENTRY_DAMAGED");
  });
});
