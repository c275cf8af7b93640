import assert from "node:assert/strict";
import { createCipheriv } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { decryptCfb, encryptCfb } from "./cfb.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

test("AES-128-CFB gives the example of NIST SP 800-38A §F.3.13", async () => {
  const key = hex("2b7e151628aed2a6abf7158809cf4f3c");
  const iv = hex("000102030405060708090a0b0c0d0e0f");
  const plain = hex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
  );
  const encrypted = hex(
    "3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b26751f67a3cbb140b1808cf187a4f4dfc04b05357c5d1c0eeac4c66f9ff7f2e6",
  );
  assert.deepEqual(await encryptCfb({ key, iv, text: plain }), encrypted);
  assert.deepEqual(await decryptCfb({ key, iv, text: encrypted }), plain);
});

test("AES-128-CFB gives what OpenSSL's gives, for texts of any length, and takes it back", async () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const inputs = fc.record({ key: bytes(16), iv: bytes(16), text: fc.uint8Array({ maxLength: 100 }) });
  await fc.assert(
    fc.asyncProperty(inputs, async ({ key, iv, text }) => {
      const cipher = createCipheriv("aes-128-cfb", key, iv);
      const expected = new Uint8Array(Buffer.concat([cipher.update(text), cipher.final()]));
      assert.deepEqual(await encryptCfb({ key, iv, text }), expected);
      assert.deepEqual(await decryptCfb({ key, iv, text: expected }), text);
    }),
  );
});
