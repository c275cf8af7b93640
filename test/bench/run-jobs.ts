import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { bunProgram } from "../../scripts/bundle/bun-program.ts";
import { BIN } from "../../scripts/bundle/executable.ts";
import type { Job, Measured } from "./jobs.ts";
import { PROFILE } from "./world.ts";

/** The programs that are compared, and the command that they are compared at. */
export const NODE_PROGRAM = [process.execPath, resolve("dist/brevet.cjs")];
export const EXECUTABLE = [resolve(BIN, process.platform === "win32" ? "brevet.exe" : "brevet")];
export const EMPTY_NODE = [process.execPath, resolve("test/bench/baselines/empty.cjs")];
export const CREDENTIAL = ["credential", "aws", "--profile", PROFILE];

/** An executable of `test/bench/baselines`, compiled. */
export function baseline(name: string): string {
  return join(resolve("build/baselines"), name);
}

/** Times the jobs in turn. @returns what was measured, by the name of the job. */
export function runJobs(runs: string, jobs: readonly Job[]): (name: string) => Measured {
  const scratch = mkdtempSync(join(tmpdir(), "brevet-bench-jobs-"));
  const [jobsFile, resultFile] = [join(scratch, "jobs.json"), join(scratch, "measured.json")] as const;
  try {
    writeFileSync(jobsFile, JSON.stringify(jobs));
    execFileSync(bunProgram(), ["test/bench/measure.ts", runs, jobsFile, resultFile], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    const measured = JSON.parse(readFileSync(resultFile, "utf8")) as readonly Measured[];
    return (name) => {
      const found = measured.find((each) => each.name === name);
      if (found === undefined) throw new Error(`${name} was not measured`);
      return found;
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
