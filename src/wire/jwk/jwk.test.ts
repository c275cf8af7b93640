import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import publicKeys from "../../../test/vectors/rfc7517/a-1-public-keys.json" with { type: "json" };
import thumbprint from "../../../test/vectors/rfc7638/3-1-thumbprint.json" with { type: "json" };
import { Fault } from "../../core/fault.ts";
import { parseJwks } from "./jwks.ts";
import { algorithmOf, parsePublicJwk } from "./public-jwk.ts";
import { jwkThumbprint } from "./thumbprint.ts";

const [EC, RSA] = publicKeys.keys as readonly unknown[] as [Record<string, unknown>, Record<string, unknown>];

describe("a JWK", () => {
  it("has the thumbprint of RFC 7638 §3.1", () => {
    const jwk = parsePublicJwk(thumbprint.jwk);
    assert.ok(jwk);
    assert.equal(jwkThumbprint(jwk), thumbprint.thumbprint);
  });

  it("is read from RFC 7517 A.1 with its public members alone", () => {
    assert.deepEqual(parsePublicJwk(EC), { kty: "EC", crv: "P-256", x: EC["x"], y: EC["y"] });
    assert.deepEqual(parsePublicJwk(RSA), { kty: "RSA", n: RSA["n"], e: RSA["e"] });
    assert.deepEqual(
      [EC, RSA].map((jwk) => algorithmOf(parsePublicJwk(jwk) ?? assert.fail())),
      ["ES256", "RS256"],
    );
  });

  const strange: readonly (readonly [string, unknown])[] = [
    ["nothing", null],
    ["a list", [EC]],
    ["another curve", { ...EC, crv: "P-384" }],
    ["another type", { ...EC, kty: "OKP" }],
    ["a coordinate that is too short", { ...EC, x: String(EC["x"]).slice(0, 42) }],
    ["a padded coordinate", { ...EC, x: `${EC["x"]}=` }],
    ["the other base64 alphabet", { ...EC, x: `+${String(EC["x"]).slice(1)}` }],
    ["stray bits in the last character", { ...EC, x: `${String(EC["x"]).slice(0, 42)}5` }],
    ["a coordinate that is a number", { ...EC, x: 5 }],
    [
      "an RSA modulus with a leading zero",
      { ...RSA, n: `AA${Buffer.from(String(RSA["n"]), "base64url").toString("base64url")}` },
    ],
    ["an RSA modulus of 1024 bits", { ...RSA, n: Buffer.alloc(128, 255).toString("base64url") }],
    ["an RSA modulus of more than 8192 bits", { ...RSA, n: Buffer.alloc(1025, 255).toString("base64url") }],
    ["an RSA modulus that is a number", { ...RSA, n: 5 }],
    ["an empty exponent", { ...RSA, e: "" }],
    ["an exponent that is a number", { ...RSA, e: 65_537 }],
  ];
  it("may have an RSA modulus of 2048 to 8192 bits", () => {
    for (const bytes of [256, 1024]) {
      const n = Buffer.alloc(bytes, 255).toString("base64url");
      assert.deepEqual(parsePublicJwk({ ...RSA, n }), { kty: "RSA", n, e: RSA["e"] });
    }
  });

  for (const [title, value] of strange) {
    it(`is none of ours with ${title}`, () => assert.equal(parsePublicJwk(value), null));
  }
});

describe("a JWK set", () => {
  it("keeps every key and every member, known or not", () => {
    const other = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };
    const entries = parseJwks(JSON.stringify({ keys: [EC, other] }), "test");
    assert.deepEqual(
      entries.map(({ kid }) => kid),
      ["1", null],
    );
    assert.deepEqual(
      entries.map(({ members }) => members),
      [EC, other],
    );
    assert.equal(entries[1]?.jwk, null);
  });

  it("is refused in any other form, and nothing else is raised", () => {
    // Who may write to the host of the documents could else keep a key from being published or revoked.
    const deep = `{"keys":[{"kty":"EC","x":${"[".repeat(100_000)}${"]".repeat(100_000)}}]}`;
    for (const body of ["", "null", "[]", "{}", '{"keys":{}}', '{"keys":[null]}', '{"keys":[[]]}', '{"keys":[{}]}', deep]) {
      assert.throws(
        () => parseJwks(body, "test"),
        (cause) => (cause as Fault).code === "ISSUER_DOCUMENT_INVALID",
        body.slice(0, 40),
      );
    }
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        try {
          parseJwks(body, "test");
        } catch (cause) {
          assert.ok(cause instanceof Fault);
        }
      }),
    );
  });
});
