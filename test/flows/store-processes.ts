import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as esbuild from "esbuild";

/** How a child ended, and every line that it said. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly string[];
}

/** A process that uses a store. */
export interface StoreProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when the process has said this line; rejects when it ends without. */
  says(line: string): Promise<void>;
}

/** The children of a test file: translated once, because a loader would cost ten times what the child costs. */
export interface StoreProcesses {
  /** @param under a command to run it with: `unshare`. */
  start(home: string, task: readonly string[], under?: readonly string[]): StoreProcess;
  /** Runs any other command. */
  run(command: readonly string[]): StoreProcess;
  /** A fresh folder for the store of one test. */
  home(): string;
  /** The words that start a child by hand. */
  command(home: string, task: readonly string[]): readonly string[];
  end(): void;
}

/** In memory where that is to be had: hundreds of saves that wait for a disk would take minutes. */
const MEMORY = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** Translates the child into a folder below `top`, where the homes will be too; `end` removes it and every home. */
export async function storeProcesses(top = MEMORY): Promise<StoreProcesses> {
  const folder = mkdtempSync(join(top, "brevet-test-"));
  const program = join(folder, "store-child.mjs");
  await esbuild.build({
    entryPoints: [join(import.meta.dirname, "store-child.ts")],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
  });
  const command = (home: string, task: readonly string[]): readonly string[] => [process.execPath, program, home, ...task];
  return {
    command,
    run: startProcess,
    start: (home, task, under = []) => startProcess([...under, ...command(home, task)]),
    home: () => mkdtempSync(join(folder, "home-")),
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function startProcess([program = "", ...args]: readonly string[]): StoreProcess {
  // Node 20 reads that bundle at every start, and these tests start hundreds of processes.
  const { NODE_EXTRA_CA_CERTS: _slow, NODE_OPTIONS: _loader, ...environment } = process.env;
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"], env: environment });
  const lines: string[] = [];
  const awaited = new Map<string, () => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    awaited.get(line)?.();
  });
  // A child that was killed no longer reads what it is told.
  child.stdin.on("error", () => undefined);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => resolve({ status, signal, lines }));
  });
  const says = async (line: string): Promise<void> => {
    if (lines.includes(line)) return;
    const said = new Promise<boolean>((resolve) => awaited.set(line, () => resolve(true)));
    if (!(await Promise.race([said, ended.then(() => lines.includes(line))]))) {
      throw new Error(`ended without saying "${line}": ${lines.join(" | ")}`);
    }
  };
  return { child, ended, says };
}

/**
 * `unshare` with these flags, as root or as a user who may pretend to be root.
 *
 * @returns the words to run a command under, or why no command can be.
 */
export function unshareWith(flags: readonly string[]): readonly string[] | string {
  const refusals: string[] = [];
  for (const under of [
    ["unshare", ...flags],
    ["unshare", "--map-root-user", ...flags],
  ]) {
    const [program = "", ...args] = under;
    const { error, status, stderr } = spawnSync(program, [...args, process.execPath, "--version"], { encoding: "utf8" });
    if (error === undefined && status === 0) return under;
    refusals.push(`${under.join(" ")}: ${error?.message ?? stderr.trim()}`);
  }
  return `no namespace can be made here: ${refusals.join("; ")}`;
}

/** Every file below a home, as paths from it; what should not be there is seen. */
export function filesBelow(home: string): readonly string[] {
  return readdirSync(home, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(home.length + 1))
    .sort();
}

/** Runs jobs, some at a time: as many as there are processors would wait on the disk. */
export async function someAtATime<T>(width: number, jobs: readonly (() => Promise<T>)[]): Promise<readonly T[]> {
  const results: T[] = [];
  const queue = jobs.entries();
  const work = async (): Promise<void> => {
    for (const [index, job] of queue) results[index] = await job();
  };
  await Promise.all(Array.from({ length: width }, work));
  return results;
}
