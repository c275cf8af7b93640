import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { cachedRows } from "../test/bench/cached.ts";
import { cloudRows } from "../test/bench/clouds.ts";
import { pkcs11Rows } from "../test/bench/pkcs11.ts";
import { type Plain, type Row, report } from "../test/bench/report.ts";
import { baseline, CREDENTIAL, EXECUTABLE, NODE_PROGRAM, runJobs } from "../test/bench/run-jobs.ts";
import { settlePrograms } from "../test/bench/settle.ts";
import { signedInRows } from "../test/bench/signed-in.ts";
import type { Storm } from "../test/bench/storm-result.ts";
import { tpmRows } from "../test/bench/tpm.ts";
import { makeWorld, PROFILE, type World } from "../test/bench/world.ts";
import { bunProgram } from "./bundle/bun-program.ts";

/**
 * `npm run bench [-- --runs N]`: whole processes, side by side, on the full executable and the full Node build; prints
 * medians, ratios and limits, and ends with 1 when a limit is not held or a row could not be measured.
 */
const { values } = parseArgs({ options: { runs: { type: "string", default: "40" }, storm: { type: "string", default: "200" } } });
// Node 20 reads this bundle at every start, which triples the time of an empty process.
delete process.env["NODE_EXTRA_CA_CERTS"];

const scratch = mkdtempSync(join(tmpdir(), "brevet-bench-jobs-"));
const BASELINES = ["empty", "post", "read-keychain"];
const rows: Row[] = [];
const plain: Plain[] = [];

build();
await benchFile();
await benchKinds();
benchKeychain();
const { text, held } = report(rows, plain);
console.log(`\n${text}`);
rmSync(scratch, { recursive: true, force: true });
process.exitCode = held ? 0 : 1;

function build(): void {
  for (const script of ["scripts/build.ts", "scripts/build-binary.ts"]) {
    execFileSync(process.execPath, ["--import", "tsx", script], { stdio: "inherit" });
  }
  mkdirSync("build/baselines", { recursive: true });
  for (const name of BASELINES) {
    const flags = [
      "--compile",
      "--minify",
      "--bytecode",
      "--format=esm",
      "--no-compile-autoload-dotenv",
      "--no-compile-autoload-bunfig",
    ];
    const from = resolve(`test/bench/baselines/${name}.ts`);
    execFileSync(bunProgram(), ["build", ...flags, from, `--outfile=${baseline(name)}`], { stdio: "ignore" });
  }
  settlePrograms([...EXECUTABLE, ...BASELINES.map(baseline)]);
}

async function benchFile(): Promise<void> {
  const world = await makeWorld({ program: EXECUTABLE, guard: "file", runKey: true });
  try {
    cached(world);
    uncached(world);
    storm("executable", EXECUTABLE, world, 5000);
    storm("Node", NODE_PROGRAM, world, 15_000);
  } finally {
    await world.stop();
  }
}

/** The key file, which needs no keychain; it never leaves a run key, so the rows of that are in `keychain.ts`. */
function cached(world: World): void {
  world.run(...CREDENTIAL);
  rows.push(...cachedRows(values.runs, "key file", world.environment));
}

function uncached(world: World): void {
  const token = world.run("token", "--audience", "sts.amazonaws.com").trim();
  const body = new URLSearchParams({
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: `arn:aws:iam::123456789012:role/${PROFILE}`,
    RoleSessionName: "bench",
    WebIdentityToken: token,
  });
  const bodyFile = join(scratch, "body");
  writeFileSync(bodyFile, body.toString(), { mode: 0o600 });
  const { environment, credentialsFolder: emptied } = world;
  const measured = runJobs(values.runs, [
    { name: "post", command: [baseline("post"), `${world.sandboxUrl}/`, world.caFile, bodyFile], environment },
    { name: "executable", command: [...EXECUTABLE, ...CREDENTIAL], environment, emptied },
    { name: "Node", command: [...NODE_PROGRAM, ...CREDENTIAL], environment, emptied },
  ]);
  const least = measured("post");
  rows.push({ name: "uncached: executable", subject: measured("executable"), baseline: least, ratioLimit: 1.5 });
  rows.push({ name: "uncached: Node", subject: measured("Node"), baseline: least, ratioLimit: null });
}

function storm(name: string, program: readonly string[], world: World, limitMs: number): void {
  rmSync(world.credentialsFolder, { recursive: true, force: true });
  const before = world.countAction("AssumeRoleWithWebIdentity");
  const resultFile = join(scratch, "storm.json");
  execFileSync(bunProgram(), ["test/bench/storm.ts", values.storm, resultFile, ...program, ...CREDENTIAL], {
    stdio: ["ignore", "inherit", "inherit"],
    env: world.environment,
  });
  const { processes, failed, distinctKeys, lastMs } = JSON.parse(readFileSync(resultFile, "utf8")) as Storm;
  const exchanges = world.countAction("AssumeRoleWithWebIdentity") - before;
  plain.push({
    name: `${processes} at once: ${name}`,
    value: `${(lastMs / 1000).toFixed(2)} s, ${failed} failed, ${exchanges} exchange, ${distinctKeys} key`,
    limit: `≤ ${limitMs / 1000} s, 0, 1, 1`,
    held: lastMs <= limitMs && failed === 0 && exchanges === 1 && distinctKeys === 1,
  });
}

async function benchKinds(): Promise<void> {
  for (const rowsOf of [tpmRows, pkcs11Rows, cloudRows, signedInRows]) {
    const found = await rowsOf(values.runs);
    rows.push(...found.rows);
    plain.push(...found.plain);
  }
}

/** The keychain needs a session bus and a Secret Service of its own: this script again, under both. */
function benchKeychain(): void {
  const missing = ["dbus-run-session", "gnome-keyring-daemon"].filter((name) => spawnSync("which", [name]).status !== 0);
  if (missing.length > 0) {
    plain.push({ name: "cached, keychain", value: `not measured: ${missing.join(", ")} is not here`, limit: "", held: false });
    return;
  }
  const resultFile = join(scratch, "keychain.json");
  const inner = [process.execPath, "--import", "tsx", "test/bench/keychain.ts", values.runs, resultFile];
  execFileSync("dbus-run-session", ["--", ...inner], { stdio: "inherit" });
  rows.push(...(JSON.parse(readFileSync(resultFile, "utf8")) as readonly Row[]));
}
