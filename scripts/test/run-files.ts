import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { TEST_BUILD } from "./bundle-tests.ts";
import type { Ended } from "./tally-reporter.ts";

/** The reporter, translated beside the tests. */
export const REPORTER = "scripts/test/tally-reporter.ts";

/** What one `node --test` did. */
export interface Run {
  readonly failed: boolean;
  readonly ended: readonly Ended[];
  /** Files and suites in which no test ran: a gate that ran nothing is not one. */
  readonly empty: readonly string[];
}

/** How files are run. */
export interface Running {
  /** The command that Node runs under. */
  readonly under?: readonly string[] | undefined;
  /** The transcripts to run; null: all of them. */
  readonly transcripts?: readonly string[] | null;
  /** How many files at once. */
  readonly width: number;
  /** Shows the report at the end, under this heading, because another runs at the same time. */
  readonly heading?: string;
}

/** Runs translated test files with Node's test runner, whose report goes to the screen. */
export async function runFiles(
  name: string,
  files: readonly string[],
  { under = [], transcripts = null, width, heading }: Running,
): Promise<Run> {
  const tallyFile = join(TEST_BUILD, `${name}.ndjson`);
  const reporter = `./${join(TEST_BUILD, REPORTER.replace(/\.ts$/, ".mjs"))}`;
  const [program = "", ...args] = [
    ...under,
    process.execPath,
    "--enable-source-maps",
    "--test",
    // A file that hangs, for an open handle or a deadlock, fails instead of holding the run for ever. This holds for a file as a whole:
    // Schemathesis' requests take four minutes on a machine with much else to do.
    "--test-timeout=1200000",
    `--test-concurrency=${width}`,
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    `--test-reporter=${reporter}`,
    `--test-reporter-destination=${tallyFile}`,
    ...files,
  ];
  const runner = spawn(program, args, {
    stdio: ["ignore", heading === undefined ? "inherit" : "pipe", "inherit"],
    env: { ...testEnvironment(), ...(transcripts === null ? {} : { BREVET_TRANSCRIPTS: transcripts.join(" ") }) },
  });
  const [report, [status]] = await Promise.all([runner.stdout === null ? "" : text(runner.stdout), once(runner, "exit")]);
  if (heading !== undefined) console.log(`\n${heading}\n${report}`);
  const ended = readTally(tallyFile);
  // A file without tests is itself reported as a test that passed, by its path; one that does not load, as one that failed.
  const paths = new Set(files.map(sourceOf));
  const isEmptyFile = (test: Ended): boolean => test.outcome === "passed" && paths.has(sourceOf(test.name));
  return {
    failed: status !== 0,
    ended: ended
      .filter((test) => test.outcome !== "empty" && !isEmptyFile(test))
      .map((test) => ({ ...test, file: sourceOf(test.file) })),
    empty: ended.flatMap((test) => (test.outcome === "empty" ? [test.name] : isEmptyFile(test) ? [sourceOf(test.name)] : [])),
  };
}

/** A translated file, or a source that a source map named, as the path of the source below the top folder. */
function sourceOf(path: string): string {
  const below = relative(".", resolve(path)).replaceAll("\\", "/");
  return below.replace(`${TEST_BUILD}/`, "").replace(/\.mjs$/, ".ts");
}

/** Node 20 reads this bundle at every start, which makes each process three times slower; no test needs it. */
function testEnvironment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _slow, NODE_OPTIONS: _loader, ...rest } = process.env;
  return { ...rest, BREVET_TEST_BUILD: resolve(TEST_BUILD) };
}

function readTally(file: string): readonly Ended[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Ended);
}
