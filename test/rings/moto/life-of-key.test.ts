import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AwsWorld, makeAwsWorld } from "./aws-world.ts";
import { ACCOUNT, POLICY_ARN } from "./moto-server.ts";

const PROGRAM = ["--program", new URL("../../../dist/brevet.cjs", import.meta.url).pathname];

async function done(world: AwsWorld, ...words: readonly string[]): Promise<string> {
  const ended = await world.brevet(...words);
  assert.equal(ended.status, 0, `brevet ${words.join(" ")}\n${ended.stdout}${ended.stderr}`);
  return ended.stdout;
}

async function publishedKids(world: AwsWorld): Promise<readonly string[]> {
  const { keys } = JSON.parse(await done(world, "issuer", "devices", "--json")) as {
    keys: readonly { kid: string; publishedTo: readonly string[] }[];
  };
  return keys.filter(({ publishedTo }) => publishedTo.length > 0).map(({ kid }) => kid);
}

describe("the key of a device whose documents are in S3, behind CloudFront", () => {
  it("is rotated without an outage, explained by what IAM says, and revoked", async () => {
    const world = await makeAwsWorld();
    try {
      await done(world, "init", "laptop", "--signer", "software");
      const sts = world.environment["BREVET_TEST_STS"] ?? "";
      await done(world, "setup", "aws", "--policy-arn", POLICY_ARN, "--endpoint-url", sts, ...PROGRAM);
      const [old, ...others] = await publishedKids(world);
      assert.deepEqual(others, []);

      const explained = JSON.parse(await done(world, "explain", "--live", "--json")) as { outcome: string };
      assert.equal(explained.outcome, "allowed");

      await done(world, "issuer", "rotate", "--rounds", "2", "--overlap", "0s");
      const [now, ...left] = await publishedKids(world);
      assert.deepEqual(left, []);
      assert.notEqual(now, old);
      await done(world, "credential", "aws", "--renew");

      const printed = await done(world, "issuer", "revoke", "laptop", "--yes");
      assert.deepEqual(await publishedKids(world), []);
      assert.match(printed, new RegExp(`^aws iam delete-open-id-connect-provider .*:${ACCOUNT}:oidc-provider/`, "m"));
      assert.match(printed, /^aws iam put-role-policy --role-name brevet-device-role .*aws:TokenIssueTime/m);
      const command = printed.split("\n").find((line) => line.includes("delete-open-id-connect-provider")) ?? "";
      const pasted = await world.run("sh", "-c", `AWS_DEFAULT_REGION=us-east-1 ${command}`);
      assert.equal(pasted.status, 0, pasted.stderr);
      assert.notEqual((await world.brevet("credential", "aws", "--renew")).status, 0);
    } finally {
      await world.stop();
    }
  });
});
