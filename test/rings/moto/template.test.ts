import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { describe, it } from "node:test";
import { pythonTools } from "../../../scripts/test/ring-tools.ts";

const TEMPLATE = resolve(import.meta.dirname, "../../../src/setup/aws/trust-stack.template.json");

function tool(name: string, ...words: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(join(pythonTools(), name), words, { encoding: "utf8" });
  return { status, said: stdout + stderr };
}

describe("the template, as CloudFormation gets it", () => {
  it("has nothing that cfn-lint finds wrong in three regions", () => {
    const { status, said } = tool(
      "cfn-lint",
      TEMPLATE,
      "--regions",
      "us-east-1",
      "eu-west-1",
      "ap-southeast-2",
      "--include-checks",
      "I",
    );
    assert.equal(status, 0, said);
  });

  it("has nothing that checkov finds insecure, but for what it says itself and why", () => {
    const words = ["-f", TEMPLATE, "--framework", "cloudformation", "--skip-download", "--compact", "--output", "json"];
    const { status, said } = tool("checkov", ...words);
    assert.equal(status, 0, said);
    const { summary } = JSON.parse(said.slice(said.indexOf("{"))) as { readonly summary: Readonly<Record<string, number>> };
    assert.ok((summary["passed"] ?? 0) >= 14, said);
    assert.deepEqual([summary["failed"], summary["skipped"]], [0, 6]);
  });
});
