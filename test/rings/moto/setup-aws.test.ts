import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { inBrevetHome } from "../../scripts/brevet-home.ts";
import { type Moto, POLICY_ARN, startMoto } from "./moto-server.ts";

let moto: Moto;
before(async () => {
  moto = await startMoto();
});
after(() => moto.stop());

describe("setup aws --policy-arn", () => {
  it("creates the stack, publishes and writes the profiles; unsetup leaves the account and the home as they were", () =>
    inBrevetHome(async (home) => {
      home.write(".config/brevet/config.json", "{}\n");
      const program = home.write("bin/brevet", "#!/bin/sh\n", 0o755);
      assert.equal(home.brevet("init", "laptop", "--signer", "software").status, 0);
      const before = await moto.snapshot();
      const config = home.read(".config/brevet/config.json");
      const made = home.brevetWith(
        moto.environment,
        "setup",
        "aws",
        "--policy-arn",
        POLICY_ARN,
        "--wait",
        "0",
        "--program",
        program,
      );
      assert.equal(made.status, 0, made.stderr);
      assert.match(made.stdout, /^Issuer URL {2}https:\/\/\w+\.cloudfront\.net\/laptop-\w+$/m);
      assert.match(home.read(".aws/config"), /^\[profile brevet\]$/m);
      const gone = home.brevetWith(moto.environment, "unsetup");
      assert.equal(gone.status, 0, gone.stderr);
      assert.deepEqual(await moto.snapshot(), before);
      assert.equal(home.read(".config/brevet/config.json"), config);
    }));
});
