import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "../../core/fault.ts";
import type { Progress } from "../../core/terminal.ts";
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

function asking(name: string, host: string | null): Check {
  const unreachable = new Fault("NETWORK_UNREACHABLE", `${host} cannot be reached: there is no network`, { details: { host } });
  return {
    name,
    asksHosts: true,
    run: async () => {
      if (host !== null) throw unreachable;
      return { outcome: "good", text: "works" };
    },
  };
}

test("that no host can be reached is told once and first, and no more are asked", async () => {
  const third: Check = { name: "third", asksHosts: true, run: () => assert.fail("nothing more is asked") };
  const reports = await runChecks([good, asking("one", "id.example"), asking("two", "sts.example"), third], recorder().progress);
  const [network, ...others] = reports;
  assert.equal(network?.name, "network");
  assert.match(network?.text ?? "", /^id\.example cannot .*; sts\.example cannot/);
  assert.deepEqual(
    others.map(({ name, outcome }) => `${name} ${outcome}`),
    ["dev good", "one unknown", "two unknown", "third unknown"],
  );
  assert.equal(allWell(reports), false);
});

test("a host that cannot be reached is told by its own check where another answers, or none but programs of this machine were asked", async () => {
  const unreachable = [asking("one", "id.example"), asking("two", "sts.example")];
  for (const checks of [
    [asking("three", null), ...unreachable],
    [...unreachable.slice(0, 1), { ...refused, asksHosts: true as const }, ...unreachable.slice(1)],
    [asking("one", "id.example"), asking("again", "id.example")],
    [asking("one", "id.example"), asking("here", "127.0.0.1:4566"), asking("too", "localhost:1")],
  ]) {
    const reports = await runChecks(checks, recorder().progress);
    assert.deepEqual(
      reports.map(({ name }) => name),
      checks.map(({ name }) => name),
    );
    assert.equal(reports[0]?.outcome, reports[0]?.name === "three" ? "good" : "bad");
  }
});

test("a defect of ours is not mistaken for a finding", async () => {
  const broken: Check = { name: "dev", run: () => Promise.reject(new TypeError("x is not a function")) };
  const { progress, seen } = recorder();
  await assert.rejects(runChecks([broken], progress), TypeError);
  assert.deepEqual(seen, ["begins checking dev", "update checking dev", "failed checking dev"]);
});
