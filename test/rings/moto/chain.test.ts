import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { makeAwsWorld } from "./aws-world.ts";
import { ACCOUNT, POLICY_ARN } from "./moto-server.ts";

const PROGRAM = ["--program", new URL("../../../dist/brevet.cjs", import.meta.url).pathname];

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
      assert.ok(made.stdout.includes(`Arn         ${arn}`), made.stdout);

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
