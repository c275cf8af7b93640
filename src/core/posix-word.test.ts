import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, test } from "node:test";
import fc from "fast-check";
import { posixWord, quotePosix } from "./posix-word.ts";

const POSIX = process.platform !== "win32";

describe("a word of a POSIX shell", { skip: !POSIX && "this system has no sh" }, () => {
  test("is read back as it was by sh itself, whatever it holds", () => {
    const words = fc.array(
      fc.string({ unit: "binary" }).filter((word) => !word.includes("\0")),
      {
        minLength: 20,
        maxLength: 20,
      },
    );
    fc.assert(
      fc.property(words, (given) => {
        for (const write of [quotePosix, posixWord]) {
          const script = `for word in ${given.map(write).join(" ")}; do printf '%s\\0' "$word"; done`;
          const read = execFileSync("sh", ["-c", script], { encoding: "utf8" });
          assert.deepEqual(read.split("\0").slice(0, -1), given);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("stands bare where nothing in it is special", () => {
    assert.equal(posixWord("arn:aws:iam::111122223333:role/dev"), "arn:aws:iam::111122223333:role/dev");
    assert.equal(posixWord("/srv/my sandbox"), "'/srv/my sandbox'");
    assert.equal(posixWord("~"), "'~'");
    assert.equal(posixWord(""), "''");
  });
});
