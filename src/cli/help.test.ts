import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LISTED } from "./commands.ts";
import { commandHelp, groupHelp, programHelp } from "./help.ts";

/** What may be longer than a line: what is typed, which is to be copied whole. */
function isTyped(line: string): boolean {
  return /^ {2}(brevet|role=)/.test(line) || /^ *`[^`]+`\S*$/.test(line);
}

describe("the help", () => {
  for (const width of [60, 80]) {
    test(`of every command fits a terminal of ${width} columns, and breaks no command`, async () => {
      const pages = await Promise.all(LISTED.map(async ({ load }) => commandHelp((await load()).command, width)));
      const lines = [await programHelp(width), await groupHelp("admin", width), ...pages].join("\n").split("\n");
      assert.deepEqual(
        lines.filter((line) => line.length > width && !isTyped(line)),
        [],
      );
      assert.deepEqual(
        lines.filter((line) => line.split("`").length % 2 === 0),
        [],
      );
    });
  }
});
