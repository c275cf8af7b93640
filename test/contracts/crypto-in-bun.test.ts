import assert from "node:assert/strict";
import { createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { test } from "node:test";
import { ranIn } from "./both-runtimes.ts";

interface Computed {
  readonly results: Readonly<Record<string, string>>;
  readonly signed: readonly {
    readonly sameKey: boolean;
    readonly jwk: JsonWebKey;
    readonly signature: string;
    readonly matches: readonly string[];
  }[];
}

const computedIn = (runtime: "Bun" | "Node"): Computed => ranIn(runtime, "crypto-in-bun-child.ts").said as Computed;

test("the executable's cipher, digests and signatures are those of Node and of the vectors", () => {
  const [bun, node] = [computedIn("Bun"), computedIn("Node")];
  const { runtime, ...inBun } = bun.results;
  const { runtime: other, ...inNode } = node.results;
  assert.deepEqual([runtime, other], ["Bun", "Node"]);
  assert.deepEqual(inBun, inNode);
  assert.equal(inBun["rfc5869Case3"], "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
  assert.equal(inBun["rfc4231Case2"], "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  assert.equal(inBun["derivedLong"], inBun["derivedByNode"]);
  assert.equal(inBun["opened"], "text");
  for (const { sameKey, jwk, signature, matches } of [...bun.signed, ...node.signed]) {
    assert.ok(sameKey);
    assert.deepEqual(matches, ["matches", "differs", "differs", "differs", "differs"]);
    const key = createPublicKey({ key: jwk, format: "jwk" });
    assert.ok(verify("sha256", Buffer.from("message"), { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "hex")));
  }
});
