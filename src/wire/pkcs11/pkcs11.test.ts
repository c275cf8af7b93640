import "reflect-metadata";
import assert from "node:assert/strict";
import { generateKeyPairSync, webcrypto } from "node:crypto";
import { describe, it } from "node:test";
import { X509CertificateGenerator } from "@peculiar/x509";
import fc from "fast-check";
import { FAULT_CODES } from "../../core/fault-codes.ts";
import { P256_PARAMETERS } from "./constants.ts";
import {
  attributeLengths,
  type CkLayout,
  decodeHandle,
  decodeTokenInfo,
  decodeUlong,
  encodeAttributes,
  encodeUlong,
  functionOffset,
  layoutOf,
  TOKEN_INFO_BYTES,
} from "./layout.ts";
import { certifiedPublicJwk, ecPublicJwk, rsaPublicJwk } from "./public-key.ts";
import { meaningOf } from "./return-values.ts";
import { type Pkcs11Uri, parsePkcs11Uri } from "./uri.ts";

const UNIX = layoutOf("linux");
const WINDOWS = layoutOf("win32");

describe("what a module finds in memory", () => {
  const address = (buffer: Buffer): bigint => 0x1122334455667700n + BigInt(buffer.length);
  const attributes = [
    { type: 0x181, value: Buffer.alloc(2) },
    { type: 0x003, value: null },
  ];

  it("has 64-bit numbers and padding on Unix", () => {
    assert.equal(
      encodeAttributes(UNIX, attributes, address).toString("hex"),
      "81010000000000000277665544332211020000000000000003000000000000000000000000000000" + "0000000000000000",
    );
    assert.equal(functionOffset(UNIX, 0), 8);
    assert.equal(functionOffset(UNIX, 43), 8 + 43 * 8);
  });

  it("has 32-bit numbers and no padding on Windows", () => {
    assert.equal(
      encodeAttributes(WINDOWS, attributes, address).toString("hex"),
      "81010000027766554433221102000000" + "03000000000000000000000000000000",
    );
    assert.equal(functionOffset(WINDOWS, 0), 2);
    assert.equal(functionOffset(WINDOWS, 43), 2 + 43 * 8);
  });

  for (const [name, layout] of [
    ["Unix", UNIX],
    ["Windows", WINDOWS],
  ] as const) {
    it(`is read back as it was written: ${name}`, () => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 0xfffffffe }), (value) => {
          assert.equal(decodeUlong(layout, encodeUlong(layout, value)), value);
        }),
      );
      assert.deepEqual(attributeLengths(layout, encodeAttributes(layout, attributes, address)), [2, 0]);
    });

    it(`may be a handle that uses every bit: ${name}`, () => {
      const bytes = Buffer.concat([encodeUlong(layout, 1), Buffer.alloc(layout.ulongBytes, 0xfe)]);
      assert.equal(decodeHandle(layout, bytes, 1), BigInt(`0x${"fe".repeat(layout.ulongBytes)}`));
      assert.equal(decodeHandle(layout, bytes), 1n);
    });

    it(`may be unavailable: ${name}`, () => {
      assert.equal(decodeUlong(layout, Buffer.alloc(layout.ulongBytes, 255)), -1);
    });

    it(`is a token with its texts and flags: ${name}`, () => {
      assert.deepEqual(decodeTokenInfo(layout, tokenInfo(layout)), {
        label: "dev",
        manufacturer: "maker",
        model: "m",
        serial: "0123456789abcdef",
        flags: 0x40d,
      });
    });
  }

  /** A label that NULs fill up is against the standard, and common. */
  function tokenInfo(layout: CkLayout): Buffer {
    const text = `${"dev".padEnd(32, "\0")}${"maker".padEnd(32)}${"m".padEnd(16)}0123456789abcdef`;
    return Buffer.concat([Buffer.from(text), encodeUlong(layout, 0x40d)], TOKEN_INFO_BYTES);
  }
});

describe("a PKCS #11 URI", () => {
  // RFC 7512 §3, the examples that name tokens and keys.
  const examples: readonly (readonly [string, Pkcs11Uri])[] = [
    ["pkcs11:", { selector: {} }],
    ["pkcs11:object=my-pubkey;type=public", { selector: {}, object: "my-pubkey" }],
    ["pkcs11:object=my-key;type=private", { selector: {}, object: "my-key" }],
    [
      "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;model=1.0;object=my-certificate;type=cert;id=%69%95%3E%5C%F4%BD%EC%91;serial=",
      {
        selector: { token: "The Software PKCS#11 Softtoken", manufacturer: "Snake Oil, Inc.", model: "1.0", serial: "" },
        object: "my-certificate",
        id: new Uint8Array(Buffer.from("69953e5cf4bdec91", "hex")),
      },
    ],
    ["pkcs11:slot-id=327", { selector: { slotId: 327 } }],
    ["pkcs11:object=a?module-path=/usr/lib/p.so&x-mine=1", { selector: {}, object: "a", modulePath: "/usr/lib/p.so" }],
    ["pkcs11:token=%E2%82%AC", { selector: { token: "€" } }],
  ];
  for (const [text, uri] of examples) it(`is read: ${text}`, () => assert.deepEqual(parsePkcs11Uri(text), uri));

  const refused = [
    "",
    "pkcs12:",
    "dev",
    "pkcs11:token",
    "pkcs11:token=%4",
    "pkcs11:token=%zz",
    "pkcs11:token=a;token=b",
    "pkcs11:slot-id=one",
    "pkcs11:tokne=dev",
    "pkcs11:constructor=dev",
    "pkcs11:token=a;__proto__=b",
    "pkcs11:token=a?pin-value=1234",
    "pkcs11:token=a?pin-source=file:/etc/pin",
    "pkcs11:token=a?pin-source=|/usr/bin/tell",
  ];
  for (const text of refused) {
    it(`is not taken: ${text}`, () => {
      const problem = parsePkcs11Uri(text);
      assert.equal(typeof problem, "string");
      assert.ok(!String(problem).includes("1234"));
    });
  }

  it("names any token and any id", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.uint8Array({ minLength: 1 }), (token, id) => {
        const hex = Buffer.from(id).toString("hex").replace(/../g, "%$&");
        const uri = parsePkcs11Uri(`pkcs11:token=${encodeURIComponent(token)};id=${hex}`);
        assert.deepEqual(uri, { selector: { token }, id: Uint8Array.from(id) });
      }),
    );
  });

  it("of any other form raises nothing", () => {
    fc.assert(fc.property(fc.string(), (text) => void parsePkcs11Uri(`pkcs11:${text}`)));
  });
});

describe("a return value", () => {
  it("means a fault that there is, whatever it is", () => {
    for (let value = 1; value < 0x300; value++) assert.ok(meaningOf(value).code in FAULT_CODES);
    assert.deepEqual(meaningOf(0x80000001), { name: "0x80000001", code: "SIGNER_FAILED", text: null, hint: null });
    assert.equal(meaningOf(0xa4).code, "PIN_LOCKED");
    assert.equal(meaningOf(6).name, "CKR_FUNCTION_FAILED");
  });
});

describe("the public half of a key", () => {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = publicKey.export({ format: "jwk" });
  const point = publicKey.export({ format: "der", type: "spki" }).subarray(-65);

  it("is read from an EC point, wrapped as the standard wants it or bare", () => {
    const wanted = { kty: "EC", crv: "P-256", x: jwk.x, y: jwk.y };
    assert.deepEqual(ecPublicJwk(P256_PARAMETERS, Buffer.concat([Buffer.from([4, 65]), point])), wanted);
    assert.deepEqual(ecPublicJwk(P256_PARAMETERS, point), wanted);
  });

  it("is none of ours on another curve, or in another form", () => {
    assert.equal(ecPublicJwk(Buffer.from("06052b81040022", "hex"), point), null);
    for (const wrong of [Buffer.alloc(0), Buffer.alloc(65), point.subarray(1), Buffer.concat([Buffer.from([4, 66]), point])]) {
      assert.equal(ecPublicJwk(P256_PARAMETERS, wrong), null);
    }
  });

  it("is read from RSA numbers, without the zeros that some modules put in front", () => {
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" });
    const modulus = Buffer.from(String(rsa.n), "base64url");
    const wanted = { kty: "RSA", n: rsa.n, e: "AQAB" };
    assert.deepEqual(rsaPublicJwk(modulus, Buffer.from([1, 0, 1])), wanted);
    assert.deepEqual(rsaPublicJwk(Buffer.concat([Buffer.alloc(1), modulus]), Buffer.from([0, 1, 0, 1])), wanted);
    assert.equal(rsaPublicJwk(Buffer.alloc(256), Buffer.from([1, 0, 1])), null);
    assert.equal(rsaPublicJwk(modulus.subarray(0, 128), Buffer.from([1, 0, 1])), null);
  });

  it("is read from a certificate, which smart cards have in place of it", async () => {
    const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const certificate = await X509CertificateGenerator.createSelfSigned(
      { name: "CN=card", keys, signingAlgorithm: algorithm },
      webcrypto,
    );
    const { x, y } = await webcrypto.subtle.exportKey("jwk", keys.publicKey);
    assert.deepEqual(certifiedPublicJwk(Buffer.from(certificate.rawData)), { kty: "EC", crv: "P-256", x, y });
  });

  it("is not read from what is no certificate", () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.equal(certifiedPublicJwk(Buffer.from(bytes)), null)));
  });
});
