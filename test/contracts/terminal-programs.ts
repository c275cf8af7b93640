import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { posixWord, quotePosix } from "../../src/core/posix-word.ts";
import { childProgram } from "../child-program.ts";

const CHILD = join(import.meta.dirname, "terminal-child.ts");
/** Is gone when this process ends: files of tests share it. */
export const folder = mkdtempSync(join(tmpdir(), "brevet-terminal-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

let programs = 0;

/** A program that has `terminal`, `Fault` and `print`, which writes to stdout. */
export function programOf(body: string): string {
  const file = join(folder, `program-${++programs}.js`);
  writeFileSync(file, body);
  return [...childProgram(CHILD), file].map(posixWord).join(" ");
}

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command without a controlling terminal; `types` is typed once `seen` stands in its output. */
export function run(command: string, environment: NodeJS.ProcessEnv, seen = "", types = ""): Promise<Ran> {
  const child = spawn("/bin/sh", ["-c", command], {
    env: { PATH: process.env["PATH"], HOME: folder, ...environment },
    detached: true,
    timeout: 60_000,
  });
  let [stdout, stderr, typed] = ["", "", false];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    if (!typed && seen !== "" && stdout.includes(seen)) {
      typed = true;
      child.stdin.write(types);
    }
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => child.on("error", reject).on("close", (status) => resolve({ status, stdout, stderr })));
}

/** The same on a terminal of its own, which `script` makes; its screen is the stdout of the result. */
export function runOnTerminal(command: string, environment: NodeJS.ProcessEnv, seen = "", types = ""): Promise<Ran> {
  return run(`script -qec ${quotePosix(`stty cols 100 rows 30; ${command}`)} /dev/null`, environment, seen, types);
}
