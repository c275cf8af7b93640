import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ListDistributionsCommand } from "@aws-sdk/client-cloudfront";
import {
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListOpenIDConnectProvidersCommand,
} from "@aws-sdk/client-iam";
import {
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { pythonTools } from "../../../scripts/test/ring-tools.ts";
import { type BrevetHome, inBrevetHome } from "../../scripts/brevet-home.ts";
import { ACCOUNT, createPolicy, type Moto, POLICY_ARN, startMoto } from "./moto-server.ts";

let moto: Moto;
let clean: unknown;
before(async () => {
  moto = await startMoto();
  clean = await moto.snapshot();
});
after(() => moto.stop());

const SETUP = [
  "setup",
  "aws",
  "--policy-arn",
  POLICY_ARN,
  "--max-session-duration",
  "2h",
  "--bind-session-name",
  "--token-audience",
  "api://Exchange",
  "--tag",
  "team=platform",
];

/** What a trust consists of, without the names that AWS makes up. */
async function trustIn({ iam, s3, cloudFront }: Moto): Promise<unknown> {
  const { Buckets: [bucket] = [] } = await s3.send(new ListBucketsCommand({}));
  const { DistributionList: list } = await cloudFront.send(new ListDistributionsCommand({}));
  const [distribution] = list?.Items ?? [];
  const { OpenIDConnectProviderList: [provider] = [] } = await iam.send(new ListOpenIDConnectProvidersCommand({}));
  const { Role: role } = await iam.send(new GetRoleCommand({ RoleName: "brevet-device-role" }));
  const found = {
    policy: JSON.parse((await s3.send(new GetBucketPolicyCommand({ Bucket: bucket?.Name }))).Policy ?? ""),
    kept: (await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket?.Name }))).Rules?.map(
      ({ NoncurrentVersionExpiration: old, AbortIncompleteMultipartUpload: begun, Status }) => ({ old, begun, Status }),
    ),
    blocked: (await s3.send(new GetPublicAccessBlockCommand({ Bucket: bucket?.Name }))).PublicAccessBlockConfiguration,
    cache: distribution?.DefaultCacheBehavior?.DefaultTTL,
    viewers: distribution?.DefaultCacheBehavior?.ViewerProtocolPolicy,
    audiences: (await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: provider?.Arn }))).ClientIDList,
    trust: JSON.parse(decodeURIComponent(role?.AssumeRolePolicyDocument ?? "")),
    longest: role?.MaxSessionDuration,
    // moto gives the tags of a stack to none of its resources.
    tags: role?.Tags?.filter(({ Key }) => Key === "brevet:owner"),
    tokens: JSON.parse(
      decodeURIComponent(
        (await iam.send(new GetRolePolicyCommand({ RoleName: "brevet-device-role", PolicyName: "brevet-tokens" })))
          .PolicyDocument ?? "",
      ),
    ),
    policies: (await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: "brevet-device-role" }))).AttachedPolicies,
  };
  const names = [bucket?.Name, distribution?.DomainName, distribution?.Id].map(String);
  return JSON.parse(names.reduce((text, name, index) => text.replaceAll(name, `NAME-${index}`), JSON.stringify(found)));
}

async function withDevice(work: (home: BrevetHome) => Promise<void>): Promise<void> {
  await inBrevetHome(async (home) => {
    home.write(".config/brevet/config.json", "{}\n");
    home.write("bin/brevet", "#!/bin/sh\n", 0o755);
    assert.equal(home.brevet("init", "laptop", "--signer", "software").status, 0);
    await work(home);
  });
}

/** Runs what the script printed at its end, over a bucket with documents in it. */
async function undo(printed: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const { Buckets: [bucket] = [] } = await moto.s3.send(new ListBucketsCommand({}));
  for (const Body of ["one", "two"]) {
    await moto.s3.send(new PutObjectCommand({ Bucket: bucket?.Name, Key: "laptop/keys.json", Body }));
  }
  await moto.s3.send(new DeleteObjectCommand({ Bucket: bucket?.Name, Key: "laptop/keys.json" }));
  const [, commands = ""] = printed.split("# undoes what was made:\n");
  const undone = spawnSync("sh", ["-eu"], { input: commands, env: environment, encoding: "utf8" });
  assert.equal(undone.status, 0, undone.stderr);
  assert.deepEqual(await moto.snapshot(), clean);
}

describe("the same trust in other forms", () => {
  it("is made by the printed script as the stack makes it", () =>
    withDevice(async (home) => {
      const script = home.brevetWith(moto.environment, ...SETUP, "--print", "cli");
      assert.equal(script.status, 0, script.stderr);
      const file = home.write("trust.sh", script.stdout);
      const environment = { ...home.environment, ...moto.environment };
      const ran = spawnSync("sh", [file], { env: environment, encoding: "utf8" });
      assert.equal(ran.status, 0, ran.stderr);
      const byScript = await trustIn(moto);
      const { Role: role } = await moto.iam.send(new GetRoleCommand({ RoleName: "brevet-device-role" }));
      assert.ok(role?.Tags?.some(({ Key, Value }) => Key === "team" && Value === "platform"));
      await undo(ran.stdout, environment);
      await fetch(`${moto.url}/moto-api/reset`, { method: "POST" });
      await createPolicy(moto);
      const made = home.brevetWith(moto.environment, ...SETUP, "--wait", "0", "--program", join(home.home, "bin/brevet"));
      assert.equal(made.status, 0, made.stderr);
      assert.deepEqual(byScript, await trustIn(moto));
      assert.equal(home.brevetWith(moto.environment, "unsetup").status, 0);
    }));

  it("is a module that is HCL, with a variable of IAM left to IAM", () =>
    withDevice(async (home) => {
      const { stdout } = home.brevetWith(moto.environment, ...SETUP, "--print", "terraform");
      const file = home.write("module/main.tf", stdout);
      const words = ["-f", file, "--framework", "terraform", "--skip-download", "--output", "json", "--soft-fail"];
      const read = spawnSync(join(pythonTools(), "checkov"), words, { encoding: "utf8" });
      const { summary } = JSON.parse(read.stdout) as { readonly summary: Readonly<Record<string, number>> };
      assert.equal(summary["parsing_errors"], 0, read.stdout);
      assert.equal(summary["resource_count"], 14, read.stdout);
      assert.match(stdout, /"sts:RoleSessionName" : "\$\$\{\$\{aws_cloudfront_distribution\.issuer\.domain_name\}\/laptop-/);
    }));

  it("is the template itself, and steps with each policy in full", () =>
    withDevice(async (home) => {
      const template = JSON.parse(home.brevetWith(moto.environment, ...SETUP, "--print", "cloudformation").stdout) as object;
      assert.ok("Resources" in template);
      const steps = home.brevetWith(moto.environment, ...SETUP, "--print", "console").stdout;
      assert.equal((steps.match(/^\d\. /gm) ?? []).length, 7);
      assert.equal((steps.match(/```json/g) ?? []).length, 3);
      assert.ok(!/[⟦⟧]/.test(steps));
    }));

  it("is printed for an account that is named, before anybody is signed in to it", () =>
    withDevice(async (home) => {
      const nobody = { AWS_EC2_METADATA_DISABLED: "true", AWS_ENDPOINT_URL: "http://127.0.0.1:1" };
      for (const form of [["--print-admin-policy"], ["--print", "cli"], ["--print", "cloudformation"]]) {
        const unnamed = home.brevetWith(nobody, ...SETUP, ...form);
        assert.match(unnamed.stderr, /ADMIN_ABSENT(.|\n)*--account 123456789012/);
        const named = home.brevetWith(nobody, ...SETUP, ...form, "--account", ACCOUNT);
        assert.equal(named.status, 0, named.stderr);
        const asked = home.brevetWith(moto.environment, ...SETUP, ...form);
        assert.equal(named.stdout, asked.stdout);
      }
      const other = home.brevetWith(moto.environment, ...SETUP, "--dry-run", "--account", "999999999999");
      assert.match(other.stderr, /ACCOUNT_MISMATCH/);
      const china = ["--account", ACCOUNT, "--region", "cn-north-1", "--hosting", "s3"];
      assert.match(home.brevetWith(nobody, ...SETUP, "--print-admin-policy", ...china).stdout, /arn:aws-cn:iam::/);
    }));
});
