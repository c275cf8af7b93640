import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { diffOfPlan, planJson, unifiedDiff } from "./diff.ts";
import type { Plan } from "./plan.ts";

const line = fc.constantFrom("a", "b", "c", "", "[profile x]", "region = eu-west-1", "  indented");
const text = fc.array(line, { maxLength: 25 }).map((lines) => lines.map((one) => `${one}\n`).join(""));

describe("a unified diff", () => {
  it("turns the one text into the other, as git reads it", () => {
    const folder = mkdtempSync(join(tmpdir(), "brevet-diff-"));
    const file = join(folder, "file");
    try {
      for (const [before, after] of fc.sample(fc.tuple(text, text), { numRuns: 60, seed: 3 })) {
        const hunks = unifiedDiff(before, after);
        if (hunks.length === 0) {
          assert.equal(before, after);
          continue;
        }
        writeFileSync(file, before);
        const input = ["--- file", "+++ file", ...hunks, ""].join("\n");
        const options = { cwd: folder, input, encoding: "utf8", env: { PATH: process.env["PATH"], HOME: folder } } as const;
        const { status, stderr } = spawnSync("git", ["apply", "-p0", "--whitespace=nowarn", "-"], options);
        assert.equal(status, 0, `${stderr}\n${input}`);
        assert.equal(existsSync(file) ? readFileSync(file, "utf8") : "", after, input);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("shows three lines around each change, and joins changes that are near", () => {
    const numbers = Array.from({ length: 30 }, (_, index) => `${index + 1}`);
    const after = numbers.map((number) => (["5", "9", "25"].includes(number) ? `${number}!` : number));
    assert.deepEqual(
      unifiedDiff(`${numbers.join("\n")}\n`, `${after.join("\n")}\n`).filter((one) => one.startsWith("@@")),
      ["@@ -2,11 +2,11 @@", "@@ -22,7 +22,7 @@"],
    );
  });
});

const plan: Plan = {
  id: "test",
  title: "a test",
  steps: [
    {
      id: "a",
      kind: "x",
      address: { file: "/f", profile: "p" },
      does: "add p",
      owner: "nobody",
      before: null,
      after: "one\ntwo",
    },
    { id: "b", kind: "x", address: { file: "/g" }, does: "keep q", owner: "ours", before: "same", after: "same" },
    { id: "c", kind: "x", address: { file: "/h" }, does: "remove r", owner: "ours", before: "gone", after: null },
  ],
};

describe("a plan", () => {
  it("shows what changes in each step, and of what", () => {
    assert.equal(
      diffOfPlan(plan),
      ["--- /dev/null", "+++ p", "@@ -0,0 +1,2 @@", "+one", "+two", "--- r", "+++ /dev/null", "@@ -1 +0,0 @@", "-gone"].join(
        "\n",
      ),
    );
  });

  it("says for machines what each step comes to", () => {
    const { steps } = planJson(plan) as { readonly steps: readonly { readonly effect: string }[] };
    assert.deepEqual(
      steps.map(({ effect }) => effect),
      ["create", "keep", "remove"],
    );
  });
});
