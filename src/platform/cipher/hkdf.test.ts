import assert from "node:assert/strict";
import { hkdfSync } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { hkdf } from "./hkdf.ts";

test("HKDF gives test case 3 of RFC 5869", () => {
  const key = hkdf({ secret: Buffer.alloc(22, 0x0b), salt: "", info: "", bytes: 42 });
  assert.equal(
    Buffer.from(key).toString("hex"),
    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
  );
});

test("HKDF gives what OpenSSL's gives, for secrets, salts and keys of any length", () => {
  const inputs = fc.record({
    secret: fc.uint8Array({ minLength: 1, maxLength: 200 }),
    salt: fc.string({ maxLength: 100 }),
    info: fc.string({ maxLength: 100 }),
    bytes: fc.integer({ min: 1, max: 300 }),
  });
  fc.assert(
    fc.property(inputs, (input) => {
      const expected = Buffer.from(hkdfSync("sha256", input.secret, input.salt, input.info, input.bytes));
      assert.deepEqual(Buffer.from(hkdf(input)), expected);
    }),
  );
});
