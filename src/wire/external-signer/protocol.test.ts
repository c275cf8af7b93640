import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Fault } from "../../core/fault.ts";
import type { SignatureAlgorithm } from "../../core/signer.ts";
import { parseCreatedKey, parseDescription, parseSignature, parseSignerAnswer } from "./answer.ts";
import { ecdsaSignatureFromDer } from "./ecdsa-signature.ts";
import { encodeSignerRequest } from "./request.ts";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const spki = (key = publicKey): string => key.export({ format: "der", type: "spki" }).toString("base64");

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (cause) {
    assert.ok(cause instanceof Fault, String(cause));
    return cause.code;
  }
  return "nothing";
}

describe("a request", () => {
  it("is one line in a fixed order that needs no JSON parser", () => {
    const message = Buffer.from("abc");
    // FIPS 180-4: the digest of "abc" is ba7816bf…f20015ad.
    const digest = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
    assert.equal(encodeSignerRequest({ operation: "describe" }), '{"protocol":1,"operation":"describe"}\n');
    assert.equal(
      encodeSignerRequest({ operation: "create", key: "laptop", algorithm: "RS256" }),
      '{"protocol":1,"operation":"create","key":"laptop","algorithm":"RS256"}\n',
    );
    assert.equal(
      encodeSignerRequest({ operation: "sign", key: "laptop", algorithm: "ES256", message }),
      `{"protocol":1,"operation":"sign","key":"laptop","algorithm":"ES256","digest":"${digest}","message":"YWJj"}\n`,
    );
  });

  it("holds nothing that JSON escapes, whatever is signed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (message) => {
        const line = encodeSignerRequest({ operation: "sign", key: "a", algorithm: "ES256", message });
        assert.match(line, /^\{("[a-z]+":("[\w.+/=-]*"|1),?)+\}\n$/);
        assert.deepEqual(Buffer.from(JSON.parse(line).message, "base64"), Buffer.from(message));
      }),
    );
  });
});

describe("an answer", () => {
  const strange = ["", " ", "null", "[]", "7", '"done"', "{", "Error: no", '{"error":"sorry"}', '{"error":1}', '{"error":null}'];
  for (const text of strange) {
    it(`is a fault of the signer: ${text === "" ? "nothing" : text}`, () => {
      assert.equal(
        codeOf(() => parseSignerAnswer(text, "p")),
        "SIGNER_FAILED",
      );
    });
  }

  it("of any other form raises nothing but faults", () => {
    const algorithms = fc.constantFrom<SignatureAlgorithm>("ES256", "RS256");
    const members = fc.dictionary(
      fc.constantFrom("protocol", "algorithms", "residence", "presence", "summary", "publicKey", "signature", "encoding"),
      fc.oneof(fc.jsonValue(), fc.base64String(), fc.constant(1), fc.constant("der"), fc.constant(spki())),
    );
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), members, algorithms, (text, found, algorithm) => {
        for (const work of [
          () => parseSignerAnswer(text, "p"),
          () => parseDescription(found, "p"),
          () => parseCreatedKey(found, algorithm, "p"),
          () => parseSignature(found, algorithm, "p"),
        ]) {
          assert.ok(["nothing", "SIGNER_FAILED"].includes(codeOf(work)));
        }
      }),
    );
  });

  it("refuses with one short line for the person", () => {
    const message = `no\u001b[2J ${"very ".repeat(100)}long`;
    const answer = parseSignerAnswer(JSON.stringify({ error: "refused", message }), "p");
    assert.ok(answer.kind === "refused" && answer.refusal === "refused");
    assert.match(answer.text ?? "", /^no \[2J very [a-z ]+…$/);
    assert.equal(answer.text?.length, 201);
    assert.deepEqual(parseSignerAnswer('{"error":"absent"}', "p"), { kind: "refused", refusal: "absent", text: null });
  });

  const description = {
    protocol: 1,
    algorithms: ["RS256", "X", "ES256"],
    residence: "hardware",
    presence: "touch",
    summary: "a",
  };

  it("describes a signer, and what we do not know of is left out", () => {
    assert.deepEqual(parseDescription({ ...description, later: 1 }, "p"), {
      algorithms: ["ES256", "RS256"],
      residence: "hardware",
      presence: "touch",
      summary: "a",
    });
    const wrong = {
      protocol: [2, "1", undefined],
      algorithms: [[], ["EdDSA"], "ES256"],
      residence: ["cloud", undefined],
      presence: ["pinky", undefined],
      summary: ["", " \n", 1],
    };
    for (const [member, values] of Object.entries(wrong)) {
      for (const value of values) {
        const work = (): unknown => parseDescription({ ...description, [member]: value }, "p");
        assert.equal(codeOf(work), "SIGNER_FAILED", `${member} ${String(value)}`);
      }
    }
  });

  it("holds a public key of the type that was asked for, or none", () => {
    const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey;
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
    assert.equal(parseCreatedKey({ publicKey: spki() }, "ES256", "p").algorithm, "ES256");
    assert.equal(parseCreatedKey({ publicKey: spki(rsa) }, "RS256", "p").algorithm, "RS256");
    const wrong = [undefined, "", "AAAA", spki(rsa), spki(p384), `${spki()}\n`, spki().replace(/=*$/, "\n")];
    const pem = publicKey.export({ format: "pem", type: "spki" });
    const ed25519 = generateKeyPairSync("ed25519").publicKey;
    for (const value of [...wrong, pem, spki(ed25519)]) {
      assert.equal(
        codeOf(() => parseCreatedKey({ publicKey: value }, "ES256", "p")),
        "SIGNER_FAILED",
      );
    }
  });

  it("holds a signature in one of two encodings", () => {
    const jws = sign("sha256", Buffer.from("m"), { key: privateKey, dsaEncoding: "ieee-p1363" });
    const der = sign("sha256", Buffer.from("m"), privateKey);
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
    assert.deepEqual(parseSignature({ signature: base64(jws) }, "ES256", "p"), jws);
    assert.deepEqual(parseSignature({ signature: base64(jws), encoding: "jws" }, "ES256", "p"), jws);
    assert.equal(parseSignature({ signature: base64(der), encoding: "der" }, "ES256", "p").length, 64);
    assert.deepEqual(parseSignature({ signature: base64(der), encoding: "der" }, "RS256", "p"), der);
    for (const wrong of [
      { signature: base64(jws), encoding: "der" },
      { signature: base64(der), encoding: "DER" },
      { signature: "!" },
    ]) {
      assert.equal(
        codeOf(() => parseSignature(wrong, "ES256", "p")),
        "SIGNER_FAILED",
      );
    }
  });
});

describe("an ECDSA signature in DER", () => {
  it("is the same signature in the form of JWS", () => {
    for (let index = 0; index < 300; index++) {
      const message = Buffer.from([index & 255, index >> 8]);
      const signature = ecdsaSignatureFromDer(sign("sha256", message, privateKey));
      assert.ok(signature);
      assert.ok(verify("sha256", message, { key: createPublicKey(privateKey), dsaEncoding: "ieee-p1363" }, signature));
    }
  });

  it("keeps the zeros in front of a small half", () => {
    const small = ecdsaSignatureFromDer(Buffer.from("3007020101020200ff", "hex"));
    assert.equal(Buffer.from(small ?? []).toString("hex"), `${"01".padStart(64, "0")}${"ff".padStart(64, "0")}`);
  });

  const half = "7f".repeat(32);
  const strange: readonly (readonly [string, string])[] = [
    ["nothing", ""],
    ["another type", "3106020101020101"],
    ["a length that is too long", "3007020101020101"],
    ["a length that is too short", "3005020101020101"],
    ["a length in two octets", "308106020101020101"],
    ["an indefinite length", "30800201010201010000"],
    ["something behind it", "300602010102010100"],
    ["something in it behind the second half", "3008020101020101" + "0500"],
    ["one half", "3003020101"],
    ["a negative half", "3006020180020101"],
    ["a zero half", "3006020100020101"],
    ["a padded half", "300702020001020101"],
    ["an empty half", "30050200020101"],
    ["a half of another type", "3006020101040101"],
    ["a half of 33 octets", `3026022101${half}020101`],
    ["a half that ends outside", "3006020101022001"],
  ];
  for (const [title, hex] of strange) {
    it(`is not taken with ${title}`, () => assert.equal(ecdsaSignatureFromDer(Buffer.from(hex, "hex")), null));
  }

  it("has one spelling: no changed octet gives the same signature", () => {
    const der = sign("sha256", Buffer.from("m"), privateKey);
    const original = Buffer.from(ecdsaSignatureFromDer(der) ?? []).toString("hex");
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(der);
        changed[at] = (changed[at] ?? 0) ^ flip;
        const found = ecdsaSignatureFromDer(changed);
        assert.ok(found === null || Buffer.from(found).toString("hex") !== original);
      }),
    );
  });
});
