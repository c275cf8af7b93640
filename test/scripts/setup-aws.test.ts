import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { describe, it } from "node:test";
import { EXIT } from "../../src/core/exit.ts";
import { type BrevetHome, type Ended, inBrevetHome } from "./brevet-home.ts";
import { programUnderTest } from "./program.ts";

const ROLE = "arn:aws:iam::123456789012:role/dev";
const SETUP = ["setup", "aws", "--role", ROLE, "--region", "eu-west-1"];

function setup({ brevet, write }: BrevetHome, ...more: readonly string[]): Ended {
  return brevet(...SETUP, "--program", write("bin/brevet", "#!/bin/sh\n", 0o755), ...more);
}

function faultOf({ status, stderr }: Ended): { readonly status: number | null; readonly code: string } {
  const report = stderr.split("\n").find((line) => line.includes('"code"')) ?? "";
  const { code } = JSON.parse(report.slice(report.indexOf("{"))) as { readonly code: string };
  return { status, code };
}

describe("setup aws", () => {
  it("shows with --dry-run what it would do, and does nothing", () =>
    inBrevetHome((home) => {
      home.write(".aws/config", "[default]\nregion = us-east-1\n");
      home.write("bin/brevet", "#!/bin/sh\n", 0o755);
      const before = home.snapshot();
      const { status, stdout } = setup(home, "--dry-run");
      assert.equal(status, EXIT.done);
      assert.ok(stdout.includes("+[profile brevet]\n"));
      assert.ok(stdout.includes(`+credential_process = ${home.home}/bin/brevet credential aws --profile brevet\n`), stdout);
      assert.deepEqual(home.snapshot(), before);
    }));

  it("writes both profiles and is taken back to the byte", () =>
    inBrevetHome((home) => {
      home.write(".aws/config", "; mine\r\n[default]\r\nregion = us-east-1", 0o644);
      home.write("bin/brevet", "#!/bin/sh\n", 0o755);
      const before = home.snapshot();
      assert.equal(setup(home).status, EXIT.done);
      assert.match(home.read(".aws/config"), /^; mine\r\n\[default\]\r\nregion = us-east-1\r\n\r\n\[profile brevet\]\r\n/);
      assert.match(home.read(".config/brevet/config.json"), /"roleArn": "arn:aws:iam::123456789012:role\/dev"/);
      assert.match(home.read(".config/brevet/config.json"), /"identity": "laptop"/);
      assert.equal(home.brevet("unsetup").status, EXIT.done);
      assert.deepEqual(home.snapshot(), before);
    }));

  it("is the same when run again, and follows a new region", () =>
    inBrevetHome((home) => {
      setup(home);
      const first = home.snapshot();
      assert.equal(setup(home).status, EXIT.done);
      assert.deepEqual(home.snapshot(), first);
      assert.equal(setup(home, "--region", "eu-west-2").status, EXIT.done);
      assert.match(home.read(".aws/config"), /\nregion = eu-west-2\n/);
      assert.equal((home.read(".aws/config").match(/\[profile/g) ?? []).length, 1);
    }));

  it("loses nothing when several run at once", () =>
    inBrevetHome(async (home) => {
      home.write(".aws/config", "[default]\nregion = us-east-1\n");
      home.write("bin/brevet", "#!/bin/sh\n", 0o755);
      const before = home.snapshot();
      const names = ["one", "two", "three", "four"];
      const program = ["--program", `${home.home}/bin/brevet`];
      const ended = await Promise.all(names.map((name) => home.start(...SETUP, ...program, "--profile", name)));
      for (const { status, stderr } of ended) assert.equal(status, EXIT.done, stderr);
      for (const name of names) {
        assert.ok(home.read(".aws/config").includes(`[profile ${name}]\n`));
        assert.ok(home.read(".config/brevet/config.json").includes(`"${name}": {`));
      }
      for (const name of names) assert.equal(home.brevet("unsetup", `aws-${name}`).status, EXIT.done);
      const { ".aws/config": awsConfig, ...rest } = home.snapshot();
      const { ".aws/config": formerAwsConfig, ...formerRest } = before;
      assert.equal(awsConfig, formerAwsConfig);
      assert.deepEqual(Object.keys(rest), Object.keys(formerRest));
    }));

  it("takes the next name when somebody has it: a section, keys, a profile of brevet, another role of ours", () =>
    inBrevetHome((home) => {
      home.write(".aws/config", "[profile brevet]\nregion = us-east-1\n");
      home.write(".aws/credentials", "[brevet-2]\naws_access_key_id = AKIAEXAMPLE\n");
      const other = setup(home, "--role", "arn:aws:iam::123456789012:role/other");
      assert.ok(other.stderr.includes("the profile brevet-3 is written"), other.stderr);
      const { status, stderr } = setup(home);
      assert.equal(status, EXIT.done);
      assert.ok(stderr.includes("the profile brevet-4 is written"), stderr);
      assert.deepEqual(faultOf(home.brevet("unsetup", "--json")), { status: EXIT.usage, code: "USAGE_INVALID" });
      assert.equal(home.brevet("unsetup", "aws-brevet-3").status, EXIT.done);
      assert.match(home.read(".aws/config"), /\[profile brevet-4\]/);
    }));

  it("refuses a name that is taken", () =>
    inBrevetHome((home) => {
      home.write(".aws/config", "[profile mine]\nregion = us-east-1\n");
      const before = home.read(".aws/config");
      assert.deepEqual(faultOf(setup(home, "--profile", "mine", "--json")), { status: EXIT.refused, code: "PLAN_CONFLICT" });
      assert.equal(home.read(".aws/config"), before);
    }));

  for (const [name, words, code, status] of [
    ["a role that is none", ["--role", "dev"], "ARN_INVALID", EXIT.usage],
    ["a region of another partition", ["--region", "cn-north-1"], "PARTITION_MISMATCH", EXIT.usage],
    ["an identity that is not there", ["--identity", "other"], "IDENTITY_UNKNOWN", EXIT.usage],
    ["a name with a slash", ["--profile", "a/b"], "NAME_INVALID", EXIT.usage],
    ["a program that is not there", ["--program", "/no/such/brevet"], "USAGE_INVALID", EXIT.usage],
  ] as const) {
    it(`refuses ${name} and changes nothing`, () =>
      inBrevetHome((home) => {
        home.write("bin/brevet", "#!/bin/sh\n", 0o755);
        const before = home.snapshot();
        assert.deepEqual(faultOf(setup(home, ...words, "--json")), { status, code });
        assert.deepEqual(home.snapshot(), before);
      }));
  }

  it("does not write itself down where it lies in a temporary folder", () =>
    inBrevetHome((home) => {
      const before = home.snapshot();
      const own = programUnderTest().command.at(-1) ?? "";
      // Not in TMPDIR: what runs the source writes there.
      const ended = home.brevetWith({ TMPDIR: tmpdir(), TEMP: dirname(own) }, ...SETUP, "--json");
      assert.deepEqual(faultOf(ended), { status: EXIT.usage, code: "COMMAND_UNSTABLE" });
      assert.deepEqual(home.snapshot(), before);
    }));

  it("warns of a profile without a region", () =>
    inBrevetHome((home) => {
      const program = home.write("bin/brevet", "#!/bin/sh\n", 0o755);
      const { status, stderr } = home.brevet("setup", "aws", "--role", ROLE, "--program", program);
      assert.equal(status, EXIT.done);
      assert.match(stderr, /warning: .*--region/);
      assert.doesNotMatch(home.read(".aws/config"), /region/);
    }));

  it("looks whether every file can be written before it writes the first", () =>
    inBrevetHome((home) => {
      home.write(".aws/config", "[default]\nregion = us-east-1\n");
      home.write("bin/brevet", "#!/bin/sh\n", 0o755);
      chmodSync(`${home.home}/.aws`, 0o775);
      const before = home.snapshot();
      assert.deepEqual(faultOf(setup(home, "--json")), { status: EXIT.fault, code: "FILE_UNSAFE" });
      assert.deepEqual(home.snapshot(), before);
      chmodSync(`${home.home}/.aws`, 0o755);
      assert.equal(setup(home).status, EXIT.done);
    }));

  it("does not edit an AWS config that it cannot understand", () =>
    inBrevetHome((home) => {
      home.write(".aws/config", "[a]\n[a]\n");
      assert.deepEqual(faultOf(setup(home, "--json")), { status: EXIT.usage, code: "AWS_CONFIG_MALFORMED" });
      assert.equal(home.read(".aws/config"), "[a]\n[a]\n");
    }));
});

describe("unsetup", () => {
  it("leaves what was changed since, says so, and takes the rest", () =>
    inBrevetHome((home) => {
      setup(home);
      home.write(".aws/config", home.read(".aws/config").replace("eu-west-1", "us-west-2"));
      assert.deepEqual(faultOf(home.brevet("unsetup", "aws-brevet", "--json")), { status: EXIT.refused, code: "PLAN_CONFLICT" });
      assert.match(home.read(".aws/config"), /us-west-2/);
      assert.doesNotMatch(home.read(".config/brevet/config.json"), /roleArn/);
      home.write(".aws/config", home.read(".aws/config").replace("us-west-2", "eu-west-1"));
      assert.equal(home.brevet("unsetup", "aws-brevet").status, EXIT.done);
      assert.equal(home.snapshot()[".aws/config"], undefined);
    }));
});
