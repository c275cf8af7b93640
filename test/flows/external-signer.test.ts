import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, describe, it } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import { type CheckReport, runChecks } from "../../src/flows/checks/checks.ts";
import { externalSignerChecks } from "../../src/flows/test-external-signer.ts";
import { openProgram } from "../../src/signers/command/open-program.ts";

const PROGRAM = resolve(import.meta.dirname, "../contracts/external-signer.mjs");
const home = mkdtempSync(join(tmpdir(), "signer-test-"));
after(() => rmSync(home, { recursive: true }));

/** What the checks find of a program that does one thing wrong; without those of RS256, which would say the same again. */
async function check(wrong: string, ticks: readonly number[] = []): Promise<readonly CheckReport[]> {
  const ask = openProgram({ command: [process.execPath, PROGRAM, join(home, wrong), wrong], asked: [], environment: {} });
  const clock = [...ticks];
  const ports = { program: "the program", ask, random: randomBytes, tempo: { elapsedMs: () => clock.shift() ?? 0 } };
  const silent = { update: () => undefined, done: () => undefined, failed: () => undefined };
  const checks = await externalSignerChecks(ports);
  const wanted = wrong === "nothing" && ticks.length === 0 ? checks : checks.filter(({ name }) => !name.startsWith("RS256"));
  return runChecks(wanted, async () => silent);
}

/** The checks that did not end well. */
function problems(reports: readonly CheckReport[]): readonly string[] {
  return reports.filter(({ outcome }) => outcome !== "good").map(({ name, outcome }) => `${outcome}: ${name}`);
}

describe("the checks of an external signer", () => {
  it("find nothing wrong with one that keeps the contract, and leave no key in it", async () => {
    const reports = await check("nothing");
    assert.deepEqual(problems(reports), []);
    assert.equal(reports.length, 22);
    assert.deepEqual(readdirSync(join(home, "nothing")), []);
  });

  it("warn of one that is slow", async () => {
    assert.deepEqual(problems(await check("nothing", [0, 1001])), ["warn: ES256: signs"]);
  });

  it("find signatures of another key", async () => {
    assert.deepEqual(problems(await check("other-key")), [
      "bad: ES256: signs",
      "bad: ES256: signs messages of any length",
      "bad: ES256: signs for two at once",
    ]);
  });

  it("find that a key is replaced", async () => {
    assert.ok(problems(await check("new-key-each-time")).includes("bad: ES256: answers the same key when it is asked again"));
  });

  it("warn of one key for all names, and never destroy it", async () => {
    assert.deepEqual(problems(await check("one-key-for-all")), [
      "bad: refuses a protocol that it does not know",
      "bad: refuses an algorithm that it does not know",
      "warn: ES256: has another key for another name",
      "unknown: ES256: has no key that was never made",
      "unknown: ES256: destroys a key",
    ]);
    assert.deepEqual(readdirSync(join(home, "one-key-for-all")), ["one.pem"]);
  });

  it("go on where the program breaks, and say so of each", async () => {
    const reports = await check("garbage");
    assert.equal(reports[0]?.outcome, "good");
    assert.ok(reports.slice(1).every(({ outcome, code, hint }) => outcome === "bad" && code === "SIGNER_FAILED" && !hint));
  });

  it("need a program that says what it is", async () => {
    for (const [wrong, code] of [
      ["silent", "SIGNER_FAILED"],
      ["absent", "SIGNER_FAILED"],
      ["fails", "SIGNER_FAILED"],
    ] as const) {
      await assert.rejects(check(wrong), (cause) => cause instanceof Fault && cause.code === code);
    }
  });
});
