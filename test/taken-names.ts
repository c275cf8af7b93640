import assert from "node:assert/strict";
import { describe, it } from "node:test";

/** A grammar of names: what its parser takes as it is, and what it refuses with the place and the code. */
export type TakenNames = readonly [
  name: string,
  parse: (text: string, where: string) => string,
  good: readonly string[],
  bad: readonly string[],
];

/** Holds parsers to what their clouds take. */
export function testTakenNames(grammars: readonly TakenNames[]): void {
  const shown = (text: string): string => JSON.stringify(text).slice(0, 60);
  for (const [name, parse, good, bad] of grammars) {
    describe(name, () => {
      for (const text of good) it(`may be ${shown(text)}`, () => assert.equal(parse(text, "--flag"), text));
      for (const text of bad) {
        it(`is not ${shown(text)}`, () => {
          assert.throws(() => parse(text, "--flag"), { code: "NAME_INVALID", message: /^--flag: / });
        });
      }
    });
  }
}
