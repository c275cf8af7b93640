import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { ownTarget } from "./bundle/targets.ts";
import { bundleTests } from "./test/bundle-tests.ts";
import { type ProbedRing, probeRings, ringTable, whyNot } from "./test/rings.ts";
import { REPORTER, runFiles } from "./test/run-files.ts";
import { childPrograms, groupFiles, wantedTests } from "./test/test-files.ts";

/**
 * `npm test`: every unit, contract, vector and flow test, and the rings that this machine can run.
 *
 * With `BREVET_RINGS=required` a ring that cannot run, and any test that is skipped, is a failure.
 * Words after `npm test --` run only the test files and the transcripts whose path holds one of them.
 */
const required = process.env["BREVET_RINGS"] === "required";
const wanted = process.argv.slice(2);
const rings = probeRings(wanted, required);
const problems: string[] = [];

console.log(`rings of tests on this machine${required ? ", all of them required" : ""}:\n${ringTable(rings)}\n`);
const lacking = rings.filter(({ lacks }) => lacks.length > 0).map(({ ring }) => ring.name);
if (required && lacking.length > 0) fail([`rings that cannot run here: ${lacking.join(", ")}`]);

const { files: sources, transcripts } = wantedTests(wanted);
const inRing = ({ ring }: ProbedRing, file: string): boolean => file.startsWith(`${ring.tests}/`);
const plain = sources.filter((file) => runsPlain(rings.find((probed) => inRing(probed, file))));
const apart = rings
  .filter(({ ring, runs }) => ring.under !== undefined && runs)
  .map((probed) => ({ ...probed.ring, files: sources.filter((file) => inRing(probed, file)) }))
  .filter(({ files }) => files.length > 0);
for (const probed of wanted.length > 0 ? [] : rings) {
  if (!sources.some((file) => inRing(probed, file)))
    problems.push(`the ring ${probed.ring.name} has no tests in ${probed.ring.tests}`);
}
const inRings = apart.flatMap(({ files }) => files);
const [translated] = await Promise.all([
  bundleTests([REPORTER, ...inRings, ...groupFiles(plain)], childPrograms()),
  build([...plain, ...inRings]),
]);
const outputs = translated.slice(1);
// Most files wait for processes and servers of theirs; those that only the full run has, a JVM or a browser, have a processor to themselves.
const width = availableParallelism() * (required ? 1 : 2);
const besides = apart.map(({ name, files, under }) =>
  runFiles(name, outputs.splice(0, files.length), { under, width: 1, heading: `ring ${name}:` }),
);
const runs = await Promise.all([...(outputs.length > 0 ? [runFiles("plain", outputs, { transcripts, width })] : []), ...besides]);
judge();

/**
 * What these tests run: the Node build and, for the rings that need it, the executables; of all targets where all is required.
 * Tests next to their source do not run the program.
 */
async function build(files: readonly string[]): Promise<void> {
  if (files.every((file) => file.startsWith("src/"))) return;
  const ofExecutables = rings.filter(
    (probed) => probed.ring.needs.includes("npm:bun") && files.some((file) => inRing(probed, file)),
  );
  const scripts = [
    ["scripts/build.ts"],
    ...(ofExecutables.length > 0 ? [["scripts/build-binary.ts", ...targets(ofExecutables)]] : []),
  ];
  for (const script of scripts) {
    const [status] = await once(spawn(process.execPath, ["--import", "tsx", ...script], { stdio: "inherit" }), "exit");
    if (status !== 0) fail(["the program does not build"]);
  }
}

function targets(ofExecutables: readonly ProbedRing[]): readonly string[] {
  if (required) return ["--all"];
  const names = new Set([ownTarget()?.name ?? [], ...ofExecutables.map(({ ring }) => ring.executables ?? [])].flat());
  return [...names].flatMap((name) => ["--target", name]);
}

function runsPlain(probed: ProbedRing | undefined): boolean {
  return probed === undefined || (probed.runs && probed.ring.under === undefined);
}

/** After the runner's own closing lines: what was skipped, which is far above by then, and what is wrong that the runner does not know of. */
function judge(): void {
  const ended = runs.flatMap((run) => run.ended);
  if (ended.every((test) => test.outcome !== "passed")) problems.push("not one test ran");
  for (const name of runs.flatMap((run) => run.empty)) problems.push(`no test ran in ${name}`);
  const failed = ended.filter((test) => test.outcome === "failed").length;
  if (runs.some((run) => run.failed)) problems.push(failed > 0 ? `${failed} tests failed` : "a file or a hook failed");
  for (const { name, reason, file } of ended.filter(({ outcome }) => outcome === "skipped" || outcome === "todo")) {
    const skipped = `${name} (${reason || "no reason given"}) in ${file}`;
    if (required) problems.push(`skipped, and nothing may be: ${skipped}`);
    else console.log(`npm test: skipped: ${skipped}`);
  }
  for (const probed of wanted.length > 0 ? rings.filter(({ runs }) => !runs) : []) {
    const files = sources.filter((file) => inRing(probed, file));
    if (files.length > 0) console.log(`npm test: left out: ${files.join(", ")}: the ring ${probed.ring.name} ${whyNot(probed)}`);
  }
  if (problems.length > 0) fail(problems);
}

function fail(reasons: readonly string[]): never {
  for (const reason of reasons) console.error(`npm test: ${reason}`);
  process.exit(1);
}
