import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CreateDistributionCommand } from "@aws-sdk/client-cloudfront";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { type AwsWorld, makeAwsWorld } from "./aws-world.ts";
import { ACCOUNT, type Moto, POLICY_ARN } from "./moto-server.ts";

/*
 * The AWS guide of credctl, command by command and flag by flag, under the names that it has there or under the one beside it:
 *
 *   init                                                             init
 *   setup aws --policy-arn --stack-name --role-name --region         setup aws, the same flags
 *   oidc generate --issuer-url                                       oidc generate --issuer, or issuer generate --issuer
 *   oidc publish --bucket --region                                   oidc publish, the same flags, or issuer publish
 *   config.json: role_arn, issuer_url, region, s3_bucket             setup aws --role --region; the rest is remembered
 *   status                                                           status
 *   auth, auth --format env                                          auth, the same flags, or credential aws and env
 *   credential_process = credctl auth                                written by setup aws; credential_process = brevet auth too
 */
const PROGRAM = new URL("../../../dist/brevet.cjs", import.meta.url).pathname;
const BUCKET = "your-oidc-bucket";

async function done(world: AwsWorld, ...words: readonly string[]): Promise<string> {
  const ended = await world.brevet(...words);
  assert.equal(ended.status, 0, `brevet ${words.join(" ")}\n${ended.stdout}${ended.stderr}`);
  return ended.stdout;
}

async function aws(world: AwsWorld, ...words: readonly string[]): Promise<string> {
  const ended = await world.run("aws", "--region", "us-east-1", "--output", "text", ...words);
  assert.equal(ended.status, 0, `aws ${words.join(" ")}\n${ended.stdout}${ended.stderr}`);
  return ended.stdout.trim();
}

/** What the guide has people make in the console. @returns the issuer. */
async function hostByHand({ s3, cloudFront }: Moto): Promise<string> {
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const { Distribution: made } = await cloudFront.send(
    new CreateDistributionCommand({
      DistributionConfig: {
        CallerReference: "by hand",
        Comment: "",
        Enabled: true,
        Origins: {
          Quantity: 1,
          Items: [{ Id: "s3", DomainName: `${BUCKET}.s3.us-east-1.amazonaws.com`, S3OriginConfig: { OriginAccessIdentity: "" } }],
        },
        DefaultCacheBehavior: { TargetOriginId: "s3", ViewerProtocolPolicy: "https-only", MinTTL: 0 },
      },
    }),
  );
  return `https://${made?.DomainName}`;
}

async function inWorld(work: (world: AwsWorld, sts: string) => Promise<void>): Promise<void> {
  const world = await makeAwsWorld();
  try {
    await done(world, "init", "laptop", "--signer", "software");
    await work(world, world.environment["BREVET_TEST_STS"] ?? "");
  } finally {
    await world.stop();
  }
}

describe("the reference guide for AWS", () => {
  it("is walked by hand, step by step; documents that were changed at the host are found out", () =>
    inWorld(async (world, sts) => {
      const issuer = await hostByHand(world.moto);
      await done(world, "oidc", "generate", "--issuer", issuer);
      await done(world, "oidc", "publish", "--bucket", BUCKET, "--region", "us-east-1");
      await done(world, "issuer", "verify", "laptop");
      const audience = ["--client-id-list", "sts.amazonaws.com"];
      await aws(world, "iam", "create-open-id-connect-provider", "--url", issuer, ...audience);
      const role = `arn:aws:iam::${ACCOUNT}:role/credctl-device-role`;
      const policy = await done(world, "issuer", "trust-policy", "--role", role);
      const name = ["--role-name", "credctl-device-role"];
      await aws(world, "iam", "create-role", ...name, "--assume-role-policy-document", policy);
      await aws(world, "iam", "attach-role-policy", ...name, "--policy-arn", POLICY_ARN);
      const settings = ["--region", "us-east-1", "--endpoint-url", sts, "--program", PROGRAM];
      await done(world, "setup", "aws", "--role", role, "--profile", "credctl", ...settings);

      assert.ok((await done(world, "status")).includes(role));
      const { AccessKeyId } = JSON.parse(await done(world, "auth")) as { readonly AccessKeyId: string };
      assert.ok((await done(world, "auth", "--format", "env")).includes(AccessKeyId));
      const who = ["sts", "get-caller-identity", "--endpoint-url", sts, "--query", "Arn"];
      const arn = await aws(world, "--profile", "credctl", ...who);
      assert.match(arn, /^arn:aws:sts::123456789012:assumed-role\/credctl-device-role\/laptop-/);

      const place = { Bucket: BUCKET, Key: "keys.json" };
      const { Body: published } = await world.moto.s3.send(new GetObjectCommand(place));
      const { keys } = JSON.parse((await published?.transformToString()) ?? "") as { readonly keys: readonly { x: string }[] };
      const changed = keys.map((key) => ({ ...key, x: key.x.replace(/^./, (first) => (first === "A" ? "B" : "A")) }));
      const tampered = { ...place, ContentType: "application/json", Body: JSON.stringify({ keys: changed }) };
      await world.moto.s3.send(new PutObjectCommand(tampered));
      const verified = await world.brevet("issuer", "verify", "laptop");
      assert.notEqual(verified.status, 0);
      assert.match(verified.stdout + verified.stderr, /key|signature/i);
    }));

  it("is one command with the guide's flags, and leaves nothing behind", () =>
    inWorld(async (world, sts) => {
      const clean = await world.moto.snapshot();
      const made = [...["--stack-name", "credctl-infra"], ...["--role-name", "credctl-device-role"], "--region", "us-east-1"];
      const settings = ["--endpoint-url", sts, "--program", PROGRAM, "--wait", "20s"];
      const first = await done(world, "setup", "aws", "--policy-arn", POLICY_ARN, ...made, ...settings);
      assert.match(first, /^Issuer URL +https:\/\/\w+\.cloudfront\.net\//m);
      assert.match(first, /^Role ARN +arn:aws:iam::123456789012:role\/credctl-device-role$/m);
      await done(world, "unsetup");
      assert.deepEqual(await world.moto.snapshot(), clean);
    }));

  it("joins an issuer that exists by --issuer", () =>
    inWorld(async (world, sts) => {
      const own = await hostByHand(world.moto);
      await done(world, "oidc", "generate", "--issuer", own);
      await done(world, "oidc", "publish", "--bucket", BUCKET, "--region", "us-east-1");
      const hosted = await world.moto.snapshot();
      const settings = ["--endpoint-url", sts, "--program", PROGRAM, "--wait", "20s"];
      const joined = await done(world, "setup", "aws", "--policy-arn", POLICY_ARN, "--issuer", own, ...settings);
      assert.ok(joined.includes(`Issuer URL  ${own}\n`));
      assert.ok(!joined.includes("S3 Bucket"), "nothing is hosted a second time");
      const who = ["sts", "get-caller-identity", "--endpoint-url", sts, "--query", "Account"];
      assert.equal(await aws(world, "--profile", "brevet", ...who), ACCOUNT);
      await done(world, "unsetup");
      assert.deepEqual(await world.moto.snapshot(), hosted);
    }));
});
