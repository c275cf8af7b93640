import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { LISTED } from "./commands.ts";
import { commandHelp, groupHelp, programHelp } from "./help.ts";

const { columns } = process.stdout;

function setColumns(value: number): void {
  Object.defineProperty(process.stdout, "columns", { value, configurable: true, writable: true });
}

/** What may be longer than a line: what is typed, which is to be copied whole. */
function isTyped(line: string): boolean {
  return /^ {2}(brevet|role=)/.test(line) || /^ *`[^`]+`\S*$/.test(line);
}

describe("the help", () => {
  afterEach(() => setColumns(columns));

  for (const width of [60, 80]) {
    test(`of every command fits a terminal of ${width} columns, and breaks no command`, async () => {
      setColumns(width);
      const pages = await Promise.all(LISTED.map(async ({ load }) => commandHelp((await load()).command)));
      const lines = [await programHelp(), await groupHelp("admin"), ...pages].join("\n").split("\n");
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

  test("has lines that can be read well where a terminal is wide or has no size", async () => {
    for (const width of [0, 250]) {
      setColumns(width);
      assert.equal(Math.max(...(await programHelp()).split("\n").map(({ length }) => length)) <= 100, true);
    }
  });
});
