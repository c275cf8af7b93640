import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { withWrittenProfile } from "../../scripts/written-profile.ts";

test("boto3 gets credentials, account and region by the profile that setup wrote", () =>
  withWrittenProfile(({ environment }) => {
    const reader = join(import.meta.dirname, "read_profile.py");
    const { status, stdout, stderr } = spawnSync("python3", [reader, "brevet"], { env: environment, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), {
      method: "custom-process",
      access_key: "ASIAEXAMPLE",
      secret_key: "fake/secret",
      token: "fake//token",
      account_id: "123456789012",
      region: "eu-west-3",
      profiles: ["default", "brevet"],
    });
  }));
