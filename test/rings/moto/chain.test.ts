import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { posixWord } from "../../../src/core/posix-word.ts";
import { makeAwsWorld } from "./aws-world.ts";
import { ACCOUNT, POLICY_ARN } from "./moto-server.ts";

const PROGRAM = ["--program", new URL("../../../dist/brevet.cjs", import.meta.url).pathname];

/** The words in capitals are what AWS or chance makes up. */
function matchLines(text: string, expected: readonly string[]): void {
  const named = text
    .replace(/laptop-[a-z2-7]{10}/g, "laptop-SUBJECT")
    .replace(/https:\/\/\w+\.cloudfront/g, "https://DOMAIN.cloudfront")
    .replace(/issuerbucket-\w+/g, "issuerbucket-BUCKET")
    .replace(/AROA\w+/g, "AROAID")
    .replace(/ \/\S+\/(?=\.config\/|\.aws\/)/g, " HOME/");
  assert.deepEqual(named.trimEnd().split("\n"), expected);
}

describe("from a fresh machine to credentials", () => {
  it("by one command, though IAM is slow to tell; and back", async () => {
    const world = await makeAwsWorld();
    try {
      const clean = await world.moto.snapshot();
      assert.equal((await world.brevet("init", "laptop", "--signer", "software")).status, 0);
      const config = world.read(".config/brevet/config.json");
      const sts = world.environment["BREVET_TEST_STS"] ?? "";
      world.hearLater(2);
      const made = await world.brevet("setup", "aws", "--policy-arn", POLICY_ARN, "--endpoint-url", sts, ...PROGRAM);
      assert.equal(made.status, 0, made.stderr);
      const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/brevet-device-role/laptop-`;
      const role = `arn:aws:iam::${ACCOUNT}:role/brevet-device-role`;
      matchLines(made.stdout, [
        "Issuer URL  https://DOMAIN.cloudfront.net/laptop-SUBJECT",
        `Role ARN    ${role}`,
        "S3 Bucket   brevet-infra-issuerbucket-BUCKET",
        "Profile     brevet",
        "UserId      AROAID:laptop-SUBJECT",
        `Account     ${ACCOUNT}`,
        `Arn         ${arn}SUBJECT`,
      ]);
      matchLines(made.stderr.slice(made.stderr.indexOf("brevet: create the stack")), [
        "brevet: create the stack brevet-infra in us-east-1",
        "brevet: publishing the issuer's documents",
        "brevet: published https://DOMAIN.cloudfront.net/laptop-SUBJECT",
        "brevet: write the issuer of laptop in HOME/.config/brevet/config.json",
        "brevet: add the profile brevet in HOME/.config/brevet/config.json",
        "brevet: add [profile brevet] in HOME/.aws/config",
        "brevet: waiting until the issuer is served",
        "brevet: the issuer is served",
        "brevet: waiting until AWS accepts the tokens",
        "brevet: AWS accepts the tokens",
        "brevet: AWS setup complete",
        `brevet: try it: \`aws sts get-caller-identity --profile brevet --endpoint-url ${posixWord(sts)}\``,
        "brevet: `brevet unsetup aws-brevet` removes both profiles and the stack with all that is in it",
      ]);

      const words = ["sts", "get-caller-identity", "--profile", "brevet", "--endpoint-url", sts, "--output", "json"];
      const asked = await world.run("aws", ...words);
      assert.equal(asked.status, 0, asked.stderr);
      assert.ok((JSON.parse(asked.stdout) as { readonly Arn: string }).Arn.startsWith(arn));

      const gone = await world.brevet("unsetup");
      assert.equal(gone.status, 0, gone.stderr);
      assert.deepEqual(await world.moto.snapshot(), clean);
      assert.equal(world.read(".config/brevet/config.json"), config);
    } finally {
      await world.stop();
    }
  });
});
