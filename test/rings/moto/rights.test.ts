import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Ended, inBrevetHome } from "../../scripts/brevet-home.ts";
import { type AdminPolicy, administrator, judging, withoutResources } from "./administrators.ts";
import { type Moto, POLICY_ARN, startMoto } from "./moto-server.ts";

let moto: Moto;
before(async () => {
  moto = await startMoto();
});
after(() => moto.stop());

function faultIn({ stderr }: Ended): string {
  return /\(([A-Z_]+)\)$/m.exec(stderr)?.[1] ?? stderr;
}

describe("the policy that --print-admin-policy prints", () => {
  it("is enough to set up and to take away, and each right that brevet itself uses is missed by name", () =>
    inBrevetHome(async (home) => {
      home.write(".config/brevet/config.json", "{}\n");
      const program = home.write("bin/brevet", "#!/bin/sh\n", 0o755);
      assert.equal(home.brevet("init", "laptop", "--signer", "software").status, 0);
      const setup = ["setup", "aws", "--policy-arn", POLICY_ARN, "--wait", "0", "--program", program];
      const printed = home.brevetWith(moto.environment, ...setup, "--print-admin-policy");
      const policy = JSON.parse(printed.stdout) as AdminPolicy;
      assert.ok(
        policy.Statement.every(({ Resource }) => !Resource.includes("*")),
        printed.stdout,
      );

      const used = [
        "cloudformation:CreateStack",
        "cloudformation:DescribeStacks",
        "iam:GetPolicy",
        "iam:GetRole",
        "s3:PutObject",
      ];
      const lacking = await Promise.all(
        used.map(async (action) => [action, await administrator(moto, withoutResources(policy, action))] as const),
      );
      const able = await administrator(moto, withoutResources(policy, ""));
      await judging(moto, async () => {
        for (const [action, environment] of lacking) {
          const ended = home.brevetWith(environment, ...setup);
          assert.equal(faultIn(ended).replace("PLAN_INTERRUPTED", "ADMIN_REFUSED"), "ADMIN_REFUSED", ended.stderr);
          assert.ok(ended.stderr.includes(action), ended.stderr);
        }
        const made = home.brevetWith(able, ...setup);
        assert.equal(made.status, 0, made.stderr);
        const gone = home.brevetWith(able, "unsetup");
        assert.equal(gone.status, 0, gone.stderr);
      });
    }));

  it("says what to do where nobody is an administrator", () =>
    inBrevetHome((home) => {
      const environment = { AWS_ENDPOINT_URL: moto.url, AWS_EC2_METADATA_DISABLED: "true" };
      const ended = home.brevetWith(environment, "setup", "aws", "--policy-arn", POLICY_ARN);
      assert.equal(faultIn(ended), "ADMIN_ABSENT", ended.stderr);
    }));
});
