import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, test } from "node:test";

const top = resolve(import.meta.dirname, "../..");

/** Where promises are made, and how many there are at least: a table that is not read would promise nothing. */
const DOCUMENTS = [
  { document: "SECURITY.md", least: 13 },
  { document: "docs/threat-model.md", least: 20 },
];

/** A promise, with its proofs: test files, and the tests in them that it names. */
function promisesOf(document: string) {
  const rows = readFileSync(join(top, document), "utf8").matchAll(/^\| (\d+) \| (.+) \| (\[.*) \|$/gm);
  return [...rows].map(([, number = "", promise = "", cell = ""]) => ({
    number,
    promise,
    proofs: [...cell.matchAll(/\[[^\]]+\]\(([^)]+)\)([^[]*)/g)].map(([, link = "", names = ""]) => ({
      file: join(dirname(document), link),
      names: [...names.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name),
    })),
  }));
}

for (const { document, least } of DOCUMENTS) {
  const promises = promisesOf(document);
  describe(`each promise of ${document} names a proof that exists`, () => {
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

  test(`all promises of ${document} were read, in order`, () => {
    assert.ok(promises.length >= least);
    assert.deepEqual(
      promises.map(({ number }) => Number(number)),
      promises.map((_, index) => index + 1),
    );
  });
}
