import assert from "node:assert/strict";
import { test } from "node:test";
import { RUNTIMES, ranIn } from "./both-runtimes.ts";

interface Said {
  readonly runtime: string;
  readonly written: readonly (readonly [hex: string, base64url: string, encoded: string])[];
  readonly readBack: readonly (readonly [ofHex: string, ofBase64: string, ofBase64url: string])[];
  readonly notStrict: readonly unknown[];
}

for (const runtime of RUNTIMES) {
  test(`${runtime} writes bytes as \`Buffer\` does it, and reads only the one spelling of base64url`, () => {
    const { written, readBack, notStrict, ...said } = ranIn(runtime, "bytes-in-bun-child.ts").said as Said;
    assert.equal(said.runtime, runtime);
    assert.equal(written.length, 71);
    for (const [index, [hex, base64url, encoded]] of written.entries()) {
      const bytes = Buffer.from(hex, "hex");
      assert.equal(bytes.toString("hex"), hex);
      assert.equal(base64url, bytes.toString("base64url"));
      assert.equal(encoded, base64url);
      assert.deepEqual(readBack[index], [hex, hex, hex]);
    }
    assert.deepEqual(written[3]?.[0], Buffer.of(3, 92, 181).toString("hex"));
    assert.deepEqual(
      notStrict,
      notStrict.map(() => null),
    );
  });
}
