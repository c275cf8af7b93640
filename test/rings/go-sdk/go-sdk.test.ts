import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { clientVariables } from "../../../src/sandbox/sandbox-folder.ts";
import { ROLE, startTestSandbox } from "../../flows/sandbox-issuer.ts";
import { describeOutliving, describeServed } from "../../interop/served.ts";
import { withWrittenProfile } from "../../scripts/written-profile.ts";

/** A program with the AWS SDK for Go, built from the modules that `go.sum` pins. The first build takes a minute. */
const folder = mkdtempSync(join(tmpdir(), "brevet-go-"));
const program = join(folder, "reader");
const run = promisify(execFile);

const environment = { ...process.env, GOTOOLCHAIN: "local" };

/** Why the test cannot run here; false when it can. */
function modulesAbsent(): string | false {
  const { status } = spawnSync("go", ["mod", "download"], { cwd: import.meta.dirname, env: environment });
  return status === 0 ? false : "the modules of go.sum cannot be had from the Go module proxy";
}

after(() => rmSync(folder, { recursive: true, force: true }));

describe("the AWS SDK for Go", { skip: modulesAbsent() }, () => {
  before(() => {
    const build = ["build", "-mod=readonly", "-o", program, "."];
    const { status, stderr } = spawnSync("go", build, { cwd: import.meta.dirname, env: environment, encoding: "utf8" });
    assert.equal(status, 0, stderr);
  });

  describeServed("the AWS SDK for Go", () => [program, "caller"]);
  describeOutliving("the AWS SDK for Go", () => [program, "outlive"]);

  it("gets credentials, account and region by the profile that setup wrote, through its shell", () =>
    withWrittenProfile(({ environment }) => {
      const { status, stdout, stderr } = spawnSync(program, [], {
        env: { ...environment, AWS_PROFILE: "brevet" },
        encoding: "utf8",
      });
      assert.equal(status, 0, stderr);
      assert.deepEqual(JSON.parse(stdout), {
        source: "ProcessProvider",
        accessKey: "ASIAEXAMPLE",
        secretKey: "fake/secret",
        token: "fake//token",
        accountId: "123456789012",
        expires: "2099-01-01T00:00:00Z",
        region: "eu-west-3",
      });
    }));

  it("trades a token file for credentials at the sandbox, and calls it with them", async () => {
    const issuer = await startTestSandbox();
    try {
      const home = join(issuer.folder, "home");
      mkdirSync(home);
      const tokenFile = join(issuer.folder, "token");
      writeFileSync(tokenFile, await issuer.token());
      const running = { url: issuer.sandbox.url, caFile: issuer.sandbox.caFile, region: "eu-west-1", resolve: [] };
      const { stdout } = await run(program, ["caller"], {
        env: {
          ...clientVariables(running),
          HOME: home,
          AWS_ROLE_ARN: ROLE,
          AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
          AWS_ROLE_SESSION_NAME: "laptop",
          AWS_EC2_METADATA_DISABLED: "true",
        },
      });
      const { arn, source } = JSON.parse(stdout) as Record<string, unknown>;
      assert.deepEqual([arn, source], ["arn:aws:sts::123456789012:assumed-role/dev/laptop", "WebIdentityCredentials"]);
    } finally {
      await issuer.close();
    }
  });
});
