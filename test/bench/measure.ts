import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Job, Measured } from "./jobs.ts";

/**
 * Times whole processes, in turn, so that whatever else the machine does falls on all of them alike. Runs inside Bun,
 * whose way to start a process costs 1 ms and tells the largest resident set: `bun measure.ts RUNS JOBS.json RESULT.json`.
 */

interface Finished {
  readonly exitCode: number;
  readonly resourceUsage: { readonly maxRSS: number };
  readonly stderr: Uint8Array;
}
declare const Bun: {
  nanoseconds(): number;
  spawnSync(command: readonly string[], options: object): Finished;
};

const [runs = "20", jobsFile = "", resultFile = ""] = process.argv.slice(2);
const jobs = JSON.parse(readFileSync(jobsFile, "utf8")) as readonly Job[];
const times = jobs.map((): number[] => []);
const resident = jobs.map((): number[] => []);
const WARM_UP = 2;

for (let round = 0; round < Number(runs) + WARM_UP; round++) {
  for (const [index, { name, command, environment, emptied, restored }] of jobs.entries()) {
    if (emptied !== undefined) {
      rmSync(emptied, { recursive: true, force: true });
      mkdirSync(emptied, { recursive: true, mode: 0o700 });
    }
    if (restored !== undefined) {
      rmSync(restored.folder, { recursive: true, force: true });
      cpSync(restored.from, restored.folder, { recursive: true });
    }
    const started = Bun.nanoseconds();
    const run = Bun.spawnSync(command, { stdin: "ignore", stdout: "pipe", stderr: "pipe", env: environment });
    const milliseconds = (Bun.nanoseconds() - started) / 1e6;
    if (run.exitCode !== 0) throw new Error(`${name} ended with ${run.exitCode}: ${new TextDecoder().decode(run.stderr)}`);
    if (round < WARM_UP) continue;
    times[index]?.push(milliseconds);
    resident[index]?.push(run.resourceUsage.maxRSS / 1e6);
  }
}

const quantile = (values: readonly number[] | undefined, part: number): number =>
  [...(values ?? [])].sort((a, b) => a - b)[Math.floor((values?.length ?? 0) * part)] ?? Number.NaN;
const measured: readonly Measured[] = jobs.map(({ name }, index) => ({
  name,
  medianMs: quantile(times[index], 0.5),
  tenthMs: quantile(times[index], 0.1),
  residentMb: quantile(resident[index], 0.5),
}));
writeFileSync(resultFile, JSON.stringify(measured));
