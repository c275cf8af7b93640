import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { encodedCommands } from "../../contracts/command-words.ts";

test("botocore splits a command into the words that were meant", () => {
  const cases = encodedCommands();
  const { status, stdout, stderr } = spawnSync("python3", [join(import.meta.dirname, "split_commands.py")], {
    input: JSON.stringify(cases.map(({ text }) => text)),
    encoding: "utf8",
    env: { ...process.env, PYTHONUTF8: "1" },
    maxBuffer: 1 << 26,
  });
  assert.equal(status, 0, stderr);
  assert.deepEqual(
    JSON.parse(stdout),
    cases.map(({ words }) => words),
  );
});
