import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { programOf, run, runOnTerminal } from "../../../test/contracts/terminal-programs.ts";

const WIDTHS = programOf(`const wishes = [{}, ...process.env.WISHES.split(",").map((COLUMNS) => ({ COLUMNS }))];
  print(JSON.stringify(wishes.map((wish) => [terminalWidth("stdout", wish), pageWidth(wish)])));`);

async function widthsOn(terminal: string, wishes: readonly string[]): Promise<unknown> {
  const environment = { TERM: "xterm", WISHES: wishes.join(",") };
  return JSON.parse((await runOnTerminal(`${terminal}; ${WIDTHS}`, environment)).stdout);
}

test("a pipe has pages of 80 columns, or of as many as COLUMNS says, if they can be read, and tables as wide as they are", async () => {
  const wishes = ["60", "100", "250", "3", "0", "-1", "wide", "1e2", ""];
  const { stdout } = await run(WIDTHS, { WISHES: wishes.join(",") });
  assert.deepEqual(
    JSON.parse(stdout),
    [80, 60, 100, 100, 40, 80, 80, 80, 80, 80].map((columns) => [null, columns]),
  );
});

describe("a terminal", () => {
  test("is as wide as it is, or as COLUMNS wishes", async () => {
    assert.deepEqual(await widthsOn("stty cols 90", ["60"]), [
      [90, 90],
      [60, 60],
    ]);
  });

  test("that nobody gave a size has none, and pages that fit most", async () => {
    assert.deepEqual(await widthsOn("stty cols 0", ["60"]), [
      [null, 80],
      [60, 60],
    ]);
  });
});
