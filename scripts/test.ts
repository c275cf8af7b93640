import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { bundleTests } from "./test/bundle-tests.ts";
import { type ProbedRing, probeRings, ringTable } from "./test/rings.ts";
import { REPORTER, type Run, runFiles } from "./test/run-files.ts";

/**
 * `npm test`: every unit, contract, vector and flow test, and the rings that this machine can run.
 *
 * With `BREVET_RINGS=required` a ring that cannot run, and any test that is skipped, is a failure.
 * Words after `npm test --` run only the test files whose path holds one of them.
 */
const required = process.env["BREVET_RINGS"] === "required";
const wanted = process.argv.slice(2);
const rings = probeRings(wanted, required);
const problems: string[] = [];

console.log(`rings of tests on this machine${required ? ", all of them required" : ""}:\n${ringTable(rings)}\n`);
const lacking = rings.filter(({ lacks }) => lacks.length > 0).map(({ ring }) => ring.name);
if (required && lacking.length > 0) fail([`rings that cannot run here: ${lacking.join(", ")}`]);

build();
const sources = testFiles("src").concat(testFiles("test")).filter(isWanted);
const ringOf = (file: string): ProbedRing | undefined => rings.find(({ ring }) => file.startsWith(`${ring.tests}/`));
const plain = sources.filter((file) => runsPlain(ringOf(file)));
const translated = await bundleTests([REPORTER, ...sources]);
const output = new Map(sources.map((file, index) => [file, translated[index + 1] ?? ""]));
const runs: Run[] = [];

for (const { ring, runs: isRun } of rings) {
  const files = sources.filter((file) => file.startsWith(`${ring.tests}/`));
  if (files.length === 0 && wanted.length === 0) problems.push(`the ring ${ring.name} has no tests in ${ring.tests}`);
  if (ring.under === undefined || !isRun || files.length === 0) continue;
  console.log(`\nring ${ring.name}:`);
  runs.push(runFiles(ring.name, outputs(files), ring.under));
}
if (plain.length > 0) runs.push(runFiles("plain", outputs(plain), []));
judge();

/** What the tests run: the Node build and, for the rings that need it, the executables; of all targets where all is required. */
function build(): void {
  const needsExecutable = rings.some(({ ring, runs: isRun }) => ring.needs.includes("npm:bun") && isRun);
  const scripts = [
    ["scripts/build.ts"],
    ...(needsExecutable ? [["scripts/build-binary.ts", ...(required ? ["--all"] : [])]] : []),
  ];
  for (const script of scripts) {
    const { status } = spawnSync(process.execPath, ["--import", "tsx", ...script], { stdio: "inherit" });
    if (status !== 0) fail(["the program does not build"]);
  }
}

function isWanted(file: string): boolean {
  return wanted.length === 0 || wanted.some((word) => file.includes(word));
}

function runsPlain(probed: ProbedRing | undefined): boolean {
  return probed === undefined || (probed.runs && probed.ring.under === undefined);
}

function outputs(files: readonly string[]): readonly string[] {
  return files.map((file) => output.get(file) ?? "");
}

function testFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.ts"))
    .map((path) => join(folder, path).replaceAll("\\", "/"))
    .sort();
}

/** The runner's own closing lines stay the last ones unless something is wrong that it does not know of. */
function judge(): void {
  const ended = runs.flatMap((run) => run.ended);
  if (ended.every((test) => test.outcome !== "passed")) problems.push("not one test ran");
  for (const file of runs.flatMap((run) => run.emptyFiles)) problems.push(`no test ran in ${file}`);
  if (runs.some((run) => run.failed)) problems.push(`${ended.filter((test) => test.outcome === "failed").length} tests failed`);
  if (required) {
    for (const test of ended.filter(({ outcome }) => outcome === "skipped" || outcome === "todo")) {
      problems.push(`skipped, and nothing may be: ${test.name} (${test.reason || "no reason given"}) in ${test.file}`);
    }
  }
  if (problems.length > 0) fail(problems);
}

function fail(reasons: readonly string[]): never {
  for (const reason of reasons) console.error(`npm test: ${reason}`);
  process.exit(1);
}
