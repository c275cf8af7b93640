import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { type KeyImporter, rememberPublicKeys } from "./remember-public-keys.ts";

const ES256 = { name: "ECDSA", namedCurve: "P-256" };
const SIGNED = { name: "ECDSA", hash: "SHA-256" };
const TEXT = new TextEncoder().encode("a proof");

/** Imports as the runtime does, and counts. */
class CountingImporter {
  imports = 0;
  importKey(...request: readonly unknown[]): ReturnType<KeyImporter["importKey"]> {
    this.imports++;
    return Reflect.apply(crypto.subtle.importKey, crypto.subtle, request);
  }
}

let importer: CountingImporter;
beforeEach(() => {
  importer = new CountingImporter();
  rememberPublicKeys(importer);
});

async function keyPair() {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(ES256, true, ["sign", "verify"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  return { privateKey, jwk: { kty, crv, x, y } as const };
}

// A new object each time, as a proof brings it.
const toVerify = (jwk: object) => importer.importKey("jwk", { ...jwk }, ES256, true, ["verify"]);

describe("a public key to verify with", () => {
  test("is imported once, and goes on verifying what its own key signed, and nothing else", async () => {
    const [one, other] = await Promise.all([keyPair(), keyPair()]);
    const [byOne, byOther] = await Promise.all(
      [one, other].map(({ privateKey }) => crypto.subtle.sign(SIGNED, privateKey, TEXT)),
    );
    if (byOne === undefined || byOther === undefined) throw new Error("two signatures");
    for (let turn = 0; turn < 3; turn++) {
      assert.equal(await crypto.subtle.verify(SIGNED, await toVerify(one.jwk), byOne, TEXT), true);
      assert.equal(await crypto.subtle.verify(SIGNED, await toVerify(one.jwk), byOther, TEXT), false);
      assert.equal(await crypto.subtle.verify(SIGNED, await toVerify(other.jwk), byOther, TEXT), true);
    }
    assert.equal(importer.imports, 2);
  });

  test("is another one with another coordinate, algorithm or leave to be taken out", async () => {
    const { jwk } = await keyPair();
    await toVerify(jwk);
    await assert.rejects(toVerify({ ...jwk, y: jwk.x }));
    await assert.rejects(importer.importKey("jwk", jwk, { ...ES256, namedCurve: "P-384" }, true, ["verify"]));
    assert.equal((await importer.importKey("jwk", jwk, ES256, false, ["verify"])).extractable, false);
    assert.equal((await toVerify(jwk)).extractable, true);
    assert.equal(importer.imports, 4);
  });

  test("that is none is refused each time, and not remembered", async () => {
    const { jwk } = await keyPair();
    const broken = { ...jwk, y: jwk.x };
    await assert.rejects(toVerify(broken));
    await assert.rejects(toVerify(broken));
    assert.equal(importer.imports, 2);
  });

  test("is not remembered when it is longer than keys are", async () => {
    const { jwk } = await keyPair();
    const long = { ...jwk, kid: "k".repeat(1024) };
    await toVerify(long);
    await toVerify(long);
    assert.equal(importer.imports, 2);
  });

  test("is forgotten when too many others came", async () => {
    const { jwk } = await keyPair();
    await toVerify(jwk);
    // Members that no import looks at make it another request.
    for (let count = 0; count < 5000; count++) await toVerify({ ...jwk, kid: String(count) });
    assert.equal(importer.imports, 5001);
    await toVerify(jwk);
    assert.equal(importer.imports, 5002);
  });
});

test("a key to sign with is never remembered", async () => {
  const { privateKey } = await keyPair();
  const jwk = await crypto.subtle.exportKey("jwk", privateKey);
  await importer.importKey("jwk", jwk, ES256, false, ["sign"]);
  await importer.importKey("jwk", jwk, ES256, false, ["sign"]);
  assert.equal(importer.imports, 2);
});

test("an importer that remembers already is left as it is", async () => {
  const { importKey } = importer;
  rememberPublicKeys(importer);
  assert.equal(importer.importKey, importKey);
});
