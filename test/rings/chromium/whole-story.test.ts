import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";

const ARN = "arn:aws:sts::123456789012:assumed-role/developer/alice@example.com";

for (const [browser, how] of [
  ["chromium", /the person was in Chromium \d+/],
  ["none", /the person was over HTTP, by the test suite's security key in software/],
] as const) {
  test(`demo:server ends in AWS and leaves nothing behind (${browser})`, () => {
    const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", "demo:server"], {
      encoding: "utf8",
      env: { ...process.env, DEMO_BROWSER: browser },
      timeout: 240_000,
    });
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, how);
    assert.ok(stdout.includes(`AWS knows the caller as`) && stdout.includes(ARN), stdout);
    const [folder] = /\/\S*brevet-demo-\w+/.exec(stdout + stderr) ?? [];
    assert.ok(folder !== undefined && !existsSync(folder), folder);
  });
}
