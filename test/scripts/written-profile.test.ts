import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { withWrittenProfile } from "./written-profile.ts";

const READER = `
  const { fromNodeProviderChain } = await import("@aws-sdk/credential-providers");
  const credentials = await fromNodeProviderChain()();
  console.log(JSON.stringify(credentials));
`;

test("the AWS SDK for JavaScript gets credentials and account by the profile that setup wrote", () =>
  withWrittenProfile(({ environment }) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", READER], {
      cwd: import.meta.dirname,
      env: { ...environment, AWS_PROFILE: "brevet", AWS_EC2_METADATA_DISABLED: "true", NODE_NO_WARNINGS: "1" },
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    const { accessKeyId, secretAccessKey, sessionToken, accountId } = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual(
      [accessKeyId, secretAccessKey, sessionToken, accountId],
      ["ASIAEXAMPLE", "fake/secret", "fake//token", "123456789012"],
    );
  }));
