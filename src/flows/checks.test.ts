import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "../core/fault.ts";
import type { Progress } from "../core/terminal.ts";
import { allWell, type Check, runChecks } from "./checks.ts";

function recorder(): { readonly seen: string[]; readonly progress: (text: string) => Promise<Progress> } {
  const seen: string[] = [];
  const told = (kind: string) => (text: string) => void seen.push(`${kind} ${text}`);
  return {
    seen,
    async progress(text) {
      seen.push(`begins ${text}`);
      return { update: told("update"), done: told("done"), failed: told("failed") };
    },
  };
}

const good: Check = { name: "dev", run: async () => ({ outcome: "good", text: "works" }) };
const refused: Check = {
  name: "prod",
  run: async () => {
    throw new Fault("EXCHANGE_REFUSED", "the role refused", { hints: ["run `brevet explain prod`", "or ask"] });
  },
};

test("a fault counts as bad, with its code and what to do, and the next check runs", async () => {
  const { progress, seen } = recorder();
  const reports = await runChecks([refused, good], progress);
  assert.deepEqual(reports, [
    { name: "prod", outcome: "bad", text: "the role refused", code: "EXCHANGE_REFUSED", hint: "run `brevet explain prod`" },
    { name: "dev", outcome: "good", text: "works" },
  ]);
  assert.deepEqual(seen, ["begins 2 checks", "update checking prod", "update checking dev", "failed 2 checks"]);
  assert.equal(allWell(reports), false);
});

test("what is unknown or only warned of fails nothing", async () => {
  const checks = (["good", "warn", "unknown"] as const).map(
    (outcome): Check => ({ name: outcome, run: async () => ({ outcome, text: outcome }) }),
  );
  const reports = await runChecks(checks, recorder().progress);
  assert.deepEqual(
    reports.map(({ outcome }) => outcome),
    ["good", "warn", "unknown"],
  );
  assert.equal(allWell(reports), true);
});

test("a defect of ours is not mistaken for a finding", async () => {
  const broken: Check = { name: "dev", run: () => Promise.reject(new TypeError("x is not a function")) };
  const { progress, seen } = recorder();
  await assert.rejects(runChecks([broken], progress), TypeError);
  assert.deepEqual(seen, ["begins checking dev", "update checking dev", "failed checking dev"]);
});
