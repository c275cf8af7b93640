import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, test } from "node:test";
import fc from "fast-check";
import { shellCommand } from "./shell-command.ts";
import { isTypeable } from "./visible.ts";

const POSIX = process.platform !== "win32";

describe("a command that is pasted into a shell", { skip: !POSIX && "this system has no sh" }, () => {
  const value = fc.string({ unit: "grapheme", maxLength: 20 });

  test("gives its program each value as it is", () => {
    fc.assert(
      fc.property(value.filter(isTypeable), fc.array(value.filter(isTypeable), { minLength: 1, maxLength: 3 }), (one, more) => {
        const script = `program() { printf '%s\\0' "$@"; }; ${shellCommand`program --one=${one} ${more} ${7} last`}`;
        const read = execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
        assert.deepEqual(read, [`--one=${one}`, ...more, "7", "last"]);
      }),
      { numRuns: 60, examples: [["'; touch x; '", ["$(id)", "`id`", "", "a b", "\\"]]] },
    );
  });

  test("is not offered with a value that nobody sees", () => {
    for (const unseen of ["a\u001b[31m", "a\n", "\u202e", "a\tb", "\0", "\u{e0041}", "\ud800"]) {
      assert.equal(shellCommand`program ${["seen", unseen]}`.startsWith("no command is offered for "), true);
    }
  });
});
