import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";

const folder = resolve(import.meta.dirname, "../.github/workflows");

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
}

/** The jobs of every workflow, by `FILE NAME`. */
const jobs = readdirSync(folder).flatMap((file) => {
  const { permissions, jobs } = parse(readFileSync(join(folder, file), "utf8")) as {
    readonly permissions?: unknown;
    readonly jobs: Readonly<Record<string, Job>>;
  };
  return Object.entries(jobs).map(([name, job]) => ({ name: `${file} ${name}`, above: permissions, ...job }));
});

/** What runs a package of the development, or a script of ours that may. */
const RUNS_PACKAGES = /\bnp(m (ci|i|install|run|test|exec|pack|rebuild)|x)\b|\.ci\/|\bnode scripts\//;

test("a job that may change something or speak for the project runs no package of the development", () => {
  const mighty = jobs.filter(({ permissions }) => Object.values(permissions ?? {}).includes("write"));
  assert.ok(mighty.length > 0);
  for (const { name, steps } of mighty) {
    for (const { run = "" } of steps) assert.ok(!RUNS_PACKAGES.test(run), `${name}: ${run}`);
  }
});

test("a job may what it says and nothing else, and runs actions that are pinned by their commit", () => {
  for (const { name, above, permissions, steps } of jobs) {
    assert.deepEqual(above, {}, name);
    assert.ok(permissions, name);
    for (const { uses } of steps) assert.match(uses ?? "-@0000000000000000000000000000000000000000", /@[0-9a-f]{40}$/, name);
  }
});
