import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { describe, it } from "node:test";
import { type ScannedFile, scanFolder } from "./architecture/scan.ts";

const TOP = resolve(import.meta.dirname, "..");

/** The suite of each family of kinds that share one. Of the stores, those that guard a key have one, and the store itself another. */
const SUITES: Readonly<Record<string, readonly string[]>> = {
  signers: ["signer"],
  identities: ["identity"],
  outlets: ["outlet"],
  stores: ["key-guard", "store"],
  publishers: ["publisher"],
  provisioners: ["provisioner"],
};

/** Kinds that their family's suite does not fit, and why. */
const APART: Readonly<Record<string, string>> = {
  "identities/ambient": "hands on a token that the machine or its build service signs",
  "identities/oidc": "hands on a token that a provider made for its client, whatever the audience",
  "identities/server": "hands on what a login server mints, which its own tests verify",
  "publishers/gcp": "gives a provider its keys, and serves no documents",
};

const files = new Map([...scanFolder(TOP, "src"), ...scanFolder(TOP, "test")].map((file) => [file.path, file]));

/** What a test uses: its imports, and those of the files of tests among them. */
function usedBy(test: ScannedFile): ReadonlySet<string> {
  const used = new Set<string>();
  const open = [test];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    for (const { target } of file.imports) {
      if (target === null || used.has(target)) continue;
      used.add(target);
      const next = files.get(target);
      if (next !== undefined && target.startsWith("test/")) open.push(next);
    }
  }
  return used;
}

const tests = [...files.values()].filter(({ path }) => path.endsWith(".test.ts")).map(usedBy);

function isRun(family: string, kind: string): boolean {
  const suites = (SUITES[family] ?? []).map((suite) => `test/contracts/${suite}.ts`);
  const folder = `src/${family}/${kind}/`;
  return tests.some((used) => suites.some((suite) => used.has(suite)) && [...used].some((path) => path.startsWith(folder)));
}

describe("the suite that the kinds of a port share", () => {
  for (const family of Object.keys(SUITES)) {
    it(`is run over every kind in src/${family}`, () => {
      const entries = readdirSync(resolve(TOP, "src", family), { withFileTypes: true }).filter((entry) => entry.isDirectory());
      assert.ok(entries.length > 0);
      const missing = entries.map(({ name }) => name).filter((kind) => !isRun(family, kind));
      assert.deepEqual(
        missing,
        Object.keys(APART).flatMap((apart) => (apart.startsWith(`${family}/`) ? [apart.slice(family.length + 1)] : [])),
      );
    });

    it(`would be missed by a kind in src/${family} that no test gives it`, () => assert.ok(!isRun(family, "planted")));
  }
});
