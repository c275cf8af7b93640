import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { type Ended, inBrevetHome } from "../../scripts/brevet-home.ts";
import { type Moto, POLICY_ARN, startMoto } from "./moto-server.ts";

let moto: Moto;
before(async () => {
  moto = await startMoto();
});
after(() => moto.stop());

interface Policy {
  readonly Version: string;
  readonly Statement: readonly { readonly Action: readonly string[]; readonly Resource: readonly string[] }[];
}

/** An administrator who may do that and no more. */
async function administrator(name: string, policy: unknown): Promise<Readonly<Record<string, string>>> {
  await moto.iam.send(new CreateUserCommand({ UserName: name }));
  await moto.iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: "p", PolicyDocument: JSON.stringify(policy) }));
  const { AccessKey: key } = await moto.iam.send(new CreateAccessKeyCommand({ UserName: name }));
  return {
    AWS_ENDPOINT_URL: moto.url,
    AWS_ACCESS_KEY_ID: key?.AccessKeyId ?? "",
    AWS_SECRET_ACCESS_KEY: key?.SecretAccessKey ?? "",
  };
}

/** moto judges the calls that it is sent, and takes every resource for `*`. */
function withoutResources({ Version, Statement }: Policy, lacking: string): unknown {
  const Action = Statement.flatMap((statement) => statement.Action).filter((action) => action !== lacking);
  return { Version, Statement: [{ Effect: "Allow", Action, Resource: "*" }] };
}

async function judging(work: () => Promise<void>): Promise<void> {
  const count = (calls: string): Promise<Response> => fetch(`${moto.url}/moto-api/reset-auth`, { method: "POST", body: calls });
  await count("0");
  try {
    await work();
  } finally {
    await count("Infinity");
  }
}

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
      const policy = JSON.parse(printed.stdout) as Policy;
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
        used.map(
          async (action, index) => [action, await administrator(`lacks-${index}`, withoutResources(policy, action))] as const,
        ),
      );
      const able = await administrator("able", withoutResources(policy, ""));
      await judging(async () => {
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
