import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";

const top = resolve(import.meta.dirname, "../..");
const rows = readFileSync(join(top, "SECURITY.md"), "utf8").matchAll(/^\| (\d+) \| (.+?) \| (\[.*) \|$/gm);

/** A promise of SECURITY.md, with its proofs: test files, and the tests in them that it names. */
const promises = [...rows].map(([, number = "", promise = "", cell = ""]) => ({
  number,
  promise,
  proofs: [...cell.matchAll(/\[[^\]]+\]\(([^)]+)\)([^[]*)/g)].map(([, file = "", names = ""]) => ({
    file,
    names: [...names.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name),
  })),
}));

describe("each promise of SECURITY.md names a proof that exists", () => {
  for (const { number, promise, proofs } of promises) {
    test(`${number}. ${promise}`, () => {
      assert.ok(proofs.length > 0);
      for (const { file, names } of proofs) {
        assert.ok(existsSync(join(top, file)), file);
        const source = readFileSync(join(top, file), "utf8");
        for (const name of names) assert.ok(source.includes(`"${name}"`), `${file} has no test "${name}"`);
      }
    });
  }
});

test("all promises were read, in order", () => {
  assert.ok(promises.length >= 13);
  assert.deepEqual(
    promises.map(({ number }) => Number(number)),
    promises.map((_, index) => index + 1),
  );
});
