import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { encodedCommands } from "../../contracts/command-words.ts";

for (const [shell, platform] of [
  ["posix", "linux"],
  ["cmd", "win32"],
] as const) {
  test(`botocore splits a command into the words that were meant, on ${platform}`, () => {
    const cases = encodedCommands(shell);
    assert.ok(cases.length > 100, `only ${cases.length} could be written`);
    const { status, stdout, stderr } = spawnSync("python3", [join(import.meta.dirname, "split_commands.py"), platform], {
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
}
