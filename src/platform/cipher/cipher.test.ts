import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Cipher } from "./cipher.ts";
import { nodeCipher } from "./node-cipher.ts";
import { webCipher } from "./web-cipher.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const inputs = fc.record({
  key: bytes(32),
  nonce: bytes(12),
  associated: fc.uint8Array({ maxLength: 40 }),
  text: fc.uint8Array({ maxLength: 200 }),
});

const CIPHERS: readonly (readonly [string, Cipher, Cipher])[] = [
  ["node:crypto", nodeCipher, webCipher],
  ["WebCrypto", webCipher, nodeCipher],
];

for (const [name, cipher, other] of CIPHERS) {
  describe(`the cipher on ${name}`, () => {
    it("gives test case 16 of the GCM specification", async () => {
      const input = {
        key: hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
        nonce: hex("cafebabefacedbaddecaf888"),
        associated: hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
        text: hex(
          "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        ),
      };
      const sealed = Buffer.from(await cipher.seal(input)).toString("hex");
      assert.equal(sealed.slice(-32), "76fc6ece0f4e1768cddf8853bb2d551b");
      assert.equal(sealed.slice(0, 32), "522dc1f099567d07f47f37a32a84427d");
    });

    it("opens what the other sealed, and nothing in which a bit differs", async () => {
      await fc.assert(
        fc.asyncProperty(inputs, fc.nat(), async (input, position) => {
          const sealed = await other.seal(input);
          assert.deepEqual(Buffer.from((await cipher.open({ ...input, text: sealed })) ?? []), Buffer.from(input.text));
          const altered = new Uint8Array(sealed);
          const index = position % altered.length;
          altered[index] = (altered[index] ?? 0) ^ 1;
          assert.equal(await cipher.open({ ...input, text: altered }), null);
        }),
        { numRuns: 50 },
      );
    });

    it("opens nothing that is shorter than a tag", async () => {
      const input = {
        key: new Uint8Array(32),
        nonce: new Uint8Array(12),
        associated: new Uint8Array(),
        text: new Uint8Array(15),
      };
      assert.equal(await cipher.open(input), null);
    });
  });
}
