import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

function results(program: string, ...args: readonly string[]): Readonly<Record<string, string>> {
  return JSON.parse(execFileSync(program, [...args, path("cipher-in-bun-child.ts")], { encoding: "utf8" })) as Record<
    string,
    string
  >;
}

test("the executable's cipher and digests are those of Node and of the vectors", () => {
  const { runtime, ...inBun } = results(path("../../node_modules/.bin/bun"));
  const { runtime: other, ...inNode } = results(process.execPath, "--import", "tsx");
  assert.deepEqual([runtime, other], ["Bun", "Node"]);
  assert.deepEqual(inBun, inNode);
  assert.equal(inBun["rfc5869Case3"], "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
  assert.equal(inBun["rfc4231Case2"], "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  assert.equal(inBun["derivedLong"], inBun["derivedByNode"]);
  assert.equal(inBun["opened"], "text");
});
