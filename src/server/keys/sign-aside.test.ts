import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from "node:crypto";
import { after, describe, test } from "node:test";
import type { SignatureAlgorithm } from "../../core/signer.ts";
import { openSignerAside } from "./sign-aside.ts";

const p256 = (): KeyObject => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const es256 = (privateKey: KeyObject) => ({ algorithm: "ES256" as SignatureAlgorithm, privateKey });

function isBy(privateKey: KeyObject, input: string, signature: Uint8Array): boolean {
  return verify("sha256", Buffer.from(input), { key: createPublicKey(privateKey), dsaEncoding: "ieee-p1363" }, signature);
}

describe("a signer aside", () => {
  const signer = openSignerAside();
  after(() => signer.close());

  test("gives each of many at once the signature of its own input, by its own key", async () => {
    const keys = [p256(), p256()] as const;
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const wanted = Array.from({ length: 50 }, (_, index) => ({ key: keys[index % 7 === 0 ? 1 : 0], input: `token ${index}` }));
    const [byRsa, ...signatures] = await Promise.all([
      signer.sign({ algorithm: "RS256", privateKey: rsa }, "token"),
      ...wanted.map(({ key, input }) => signer.sign(es256(key), input)),
    ]);
    assert.ok(isBy(rsa, "token", byRsa));
    for (const [index, { key, input }] of wanted.entries()) {
      const signature = signatures[index] ?? new Uint8Array();
      assert.equal(signature.length, 64);
      assert.ok(isBy(key, input, signature), input);
    }
  });

  test("refuses with everything that was sent with a key that does not sign so, and signs again after it", async () => {
    const [good, ofAnotherCurve] = [p256(), generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey];
    await assert.rejects(signer.sign(es256(ofAnotherCurve), "token"));
    await assert.rejects(signer.sign(es256(createPublicKey(good)), "token"));
    assert.ok(isBy(good, "token", await signer.sign(es256(good), "token")));
  });

  test("signs no more when it is closed", async () => {
    const closing = openSignerAside();
    const key = es256(p256());
    await closing.sign(key, "warm");
    const waiting = assert.rejects(closing.sign(key, "token"));
    await closing.close();
    await waiting;
    await assert.rejects(closing.sign(key, "token"));
  });
});
