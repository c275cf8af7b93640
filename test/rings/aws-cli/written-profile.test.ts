import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import type { BrevetHome } from "../../scripts/brevet-home.ts";
import { withWrittenProfile } from "../../scripts/written-profile.ts";

function aws({ environment }: BrevetHome, ...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("aws", words, { env: environment, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
}

test("the aws command gets credentials and a region by the profile that setup wrote", () =>
  withWrittenProfile((home) => {
    const listed = aws(home, "configure", "list", "--profile", "brevet");
    assert.match(listed, /access_key +\*+MPLE +custom-process/);
    assert.match(listed, /region +eu-west-3 +config-file/);
    assert.equal(aws(home, "configure", "get", "region", "--profile", "brevet").trim(), "eu-west-3");
    assert.equal(aws(home, "configure", "get", "region").trim(), "us-east-1");
  }));

test("what the aws command writes into that profile is not taken away with it", () =>
  withWrittenProfile((home) => {
    aws(home, "configure", "list", "--profile", "brevet");
    aws(home, "configure", "set", "output", "json", "--profile", "brevet");
    assert.equal(home.brevet("unsetup").status, 5);
    assert.match(home.read(".aws/config"), /\[profile brevet\][^[]*output = json/);
  }));
