import assert from "node:assert/strict";
import { createPrivateKey, type JsonWebKey } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { memoryStore } from "../../../test/contracts/signer-memory-store.ts";
import rs256 from "../../../test/vectors/rfc7515/a-2-rs256.json" with { type: "json" };
import es256 from "../../../test/vectors/rfc7515/a-3-es256.json" with { type: "json" };
import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import { softwareSigners } from "../../signers/software/signer.ts";
import { parsePublicJwk } from "../jwk/public-jwk.ts";
import { decodeBase64url, encodeBase64url } from "./base64url.ts";
import { decodeJwtUnverified } from "./decode.ts";
import { compactJwt, jwtSigningInput } from "./encode.ts";
import { checkSignature } from "./verify.ts";

const VECTORS = [
  { name: "RFC 7515 A.2", algorithm: "RS256", vector: rs256 },
  { name: "RFC 7515 A.3", algorithm: "ES256", vector: es256 },
] as const;

function publicJwk(jwk: unknown) {
  return parsePublicJwk(jwk) ?? assert.fail("not a key");
}

describe("signatures", () => {
  for (const { name, vector } of VECTORS) {
    const message = Buffer.from(vector.signingInput);
    const signature = Buffer.from(vector.signature, "base64url");

    it(`of ${name} match, and no other does`, async () => {
      const jwk = publicJwk(vector.privateJwk);
      assert.equal(await checkSignature(jwk, message, signature), "matches");
      for (const place of [0, signature.length >> 1, signature.length - 1]) {
        const broken = Buffer.from(signature);
        broken[place] = (broken[place] ?? 0) ^ 1;
        assert.equal(await checkSignature(jwk, message, broken), "differs");
      }
      assert.equal(await checkSignature(jwk, Buffer.from(`${vector.signingInput}x`), signature), "differs");
      assert.equal(await checkSignature(jwk, message, signature.subarray(1)), "differs");
      assert.equal(await checkSignature(jwk, message, new Uint8Array(0)), "differs");
      assert.equal(await checkSignature(jwk, message, new Uint8Array(signature.length)), "differs");
    });
  }

  it("of RFC 7515 A.2 come from the software signer, byte for byte", async () => {
    const store = memoryStore();
    const key = createPrivateKey({ key: rs256.privateJwk as JsonWebKey, format: "jwk" });
    const pkcs8 = key.export({ format: "der", type: "pkcs8" }).toString("base64");
    await store.save("keys", "laptop.rs256", new Secret("private key", pkcs8));
    const signer = softwareSigners({ store }).open({ identity: "laptop", options: {} });
    const signature = await (await signer.signingKey("RS256"))?.sign(Buffer.from(rs256.signingInput));
    assert.equal(encodeBase64url(signature ?? assert.fail()), rs256.signature);
  });
});

describe("a JWT", () => {
  for (const { name, algorithm, vector } of VECTORS) {
    it(`of ${name} is taken apart`, () => {
      const jwt = decodeJwtUnverified(`${vector.signingInput}.${vector.signature}`);
      assert.deepEqual(jwt.header, { alg: algorithm });
      assert.deepEqual(jwt.claims, vector.claims);
      assert.equal(jwt.signingInput, vector.signingInput);
      assert.deepEqual(Buffer.from(jwt.signature), Buffer.from(vector.signature, "base64url"));
    });
  }

  it("comes back as it was encoded", () => {
    const claims = fc.record({
      iss: fc.string(),
      sub: fc.string(),
      aud: fc.string({ unit: "grapheme" }),
      iat: fc.integer(),
      exp: fc.integer(),
      jti: fc.string(),
    });
    fc.assert(
      fc.property(claims, fc.string(), fc.uint8Array({ maxLength: 300 }), (wanted, kid, signature) => {
        const input = jwtSigningInput({ alg: "ES256", kid, typ: "JWT" }, wanted);
        const jwt = decodeJwtUnverified(compactJwt(input, signature));
        assert.deepEqual(jwt.claims, { ...wanted });
        assert.deepEqual(jwt.header, { alg: "ES256", kid, typ: "JWT" });
        assert.deepEqual(Buffer.from(jwt.signature), Buffer.from(signature));
      }),
    );
  });

  const valid = `${es256.signingInput}.${es256.signature}`;
  const [header, payload, signature] = valid.split(".") as [string, string, string];
  const encode = (text: string): string => Buffer.from(text).toString("base64url");
  // Spaces are nothing in JSON. No part has 4n + 1 characters, so the header gives way.
  const ofLength = (length: number): string => {
    const rest = length - signature.length - 2;
    const headerLength = (rest - 20) % 4 === 1 ? 22 : 20;
    const part = (characters: number): string => encode("{}".padEnd(Math.floor((characters * 3) / 4)));
    return `${part(headerLength)}.${part(rest - headerLength)}.${signature}`;
  };
  const malformed: readonly (readonly [string, string])[] = [
    ["nothing", ""],
    ["two parts", `${header}.${payload}`],
    ["four parts", `${valid}.x`],
    ["five parts", `${valid}.x.y`],
    ["a padded part", `${header}=.${payload}.${signature}`],
    ["white space inside", `${header}.${payload.slice(0, 4)}\n${payload.slice(4)}.${signature}`],
    ["the other alphabet in its signature", `${header}.${payload}.+${signature.slice(1)}`],
    ["a header that is not JSON", `${encode("alg")}.${payload}.${signature}`],
    ["claims that are a list", `${header}.${encode("[]")}.${signature}`],
    ["claims that are null", `${header}.${encode("null")}.${signature}`],
    ["claims that are not UTF-8", `${header}.${Buffer.from([0x22, 0xff, 0x22]).toString("base64url")}.${signature}`],
    ["claims that are nested without end", `${header}.${encode(`{"a":${"[".repeat(9000)}${"]".repeat(9000)}}`)}.${signature}`],
    ["more than 100,000 characters", ofLength(100_001)],
  ];
  for (const [title, token] of malformed) {
    it(`is refused with ${title}, and not repeated`, () => {
      assert.throws(
        () => decodeJwtUnverified(token),
        (cause) => cause instanceof Fault && cause.code === "TOKEN_MALFORMED" && !cause.message.includes(signature),
      );
    });
  }

  it("has up to 100,000 characters", () => {
    const longest = ofLength(100_000);
    assert.equal(longest.length, 100_000);
    assert.deepEqual(decodeJwtUnverified(longest).claims, {});
  });

  it("is a value or a fault, whatever the bytes", () => {
    const part = fc.oneof(fc.string(), fc.json().map(encode), fc.base64String());
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        try {
          decodeJwtUnverified(parts.join("."));
        } catch (cause) {
          assert.ok(cause instanceof Fault, String(cause));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("base64url", () => {
  it("has one spelling for each value", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = encodeBase64url(bytes);
        assert.deepEqual(decodeBase64url(text), bytes);
        for (const other of [`${text}=`, `${text} `, `\n${text}`]) assert.equal(decodeBase64url(other), null);
      }),
    );
    // The last two characters differ in bits that no byte holds.
    assert.deepEqual(decodeBase64url("QQ"), Uint8Array.of(0x41));
    assert.equal(decodeBase64url("QR"), null);
  });
});
