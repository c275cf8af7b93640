import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { mismatch, withVariables } from "./match-lines.ts";
import type { Script, Step } from "./parse-script.ts";
import type { Program } from "./program.ts";

/** What one command did. */
export interface Ran {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A home of its own, with `brevet` on the PATH, and nobody at a terminal. */
export interface Home {
  readonly folder: string;
  readonly variables: Record<string, string>;
  run(command: string, stdin?: string): Promise<Ran>;
  background(command: string): Promise<void>;
  write(path: string, content: string, mode?: number): void;
  close(): Promise<void>;
}

/** How long a command may take before the test gives up on it; what runs in the background goes on until the end. */
const PATIENCE_MS = 60_000;

/** Makes an empty home. `close` ends what runs in the background and removes it. */
export function openHome(program: Program): Home {
  const root = mkdtempSync(join(tmpdir(), "brevet-script-"));
  const folder = join(root, "home");
  mkdirSync(folder, { mode: 0o700 });
  mkdirSync(join(root, "bin"));
  const words = program.command.map((word) => `'${word}'`).join(" ");
  writeFileSync(join(root, "bin/brevet"), `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
  const variables: Record<string, string> = {
    PATH: `${join(root, "bin")}:${process.env["PATH"] ?? ""}`,
    HOME: folder,
    BREVET_STORE: "file",
    LC_ALL: "C.UTF-8",
  };
  const children: ChildProcess[] = [];
  // A session of its own has no controlling terminal: nobody is asked anything, wherever the tests run.
  const start = (command: string, timeout?: number): ChildProcess =>
    spawn("/bin/sh", ["-c", command], { cwd: folder, env: variables, detached: true, timeout });
  return {
    folder,
    variables,
    run: (command, stdin = "") => finish(start(command, PATIENCE_MS), stdin),
    async background(command) {
      const ready = /--ready-file (\S+)/.exec(command)?.[1];
      assert.ok(ready !== undefined, `a command in the background needs a --ready-file: ${command}`);
      const child = start(`exec ${command}`);
      children.push(child);
      await untilReady(child, join(folder, ready));
    },
    write(path, content, mode = 0o600) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(file, content);
      chmodSync(file, mode);
    },
    async close() {
      await Promise.all(children.map(stop));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Runs a script in an empty home. @throws {AssertionError} at the first step that is not as expected, naming its line. */
export async function runScript(script: Script, program: Program): Promise<void> {
  const home = openHome(program);
  try {
    for (const { path, content, mode } of script.files) home.write(path, content, mode);
    for (const step of script.steps) await runStep(step, home);
  } finally {
    await home.close();
  }
}

async function runStep(step: Step, home: Home): Promise<void> {
  if (step.kind === "env") {
    home.variables[step.name] = withVariables(step.text, home.variables);
  } else if (step.kind === "background") {
    await home.background(step.text);
  } else {
    const ran = await home.run(step.text, step.stdin.map((line) => `${line}\n`).join(""));
    if (step.kind === "let") home.variables[step.name] = ran.stdout.trim();
    const problems = [
      ran.exit === step.exit
        ? null
        : `exit status ${ran.exit}, expected ${step.exit}\nstdout:\n${ran.stdout}stderr:\n${ran.stderr}`,
      step.kind === "let" ? null : mismatch("stdout", ran.stdout, step.stdout, home.variables),
      step.kind === "let" ? null : mismatch("stderr", ran.stderr, step.stderr, home.variables),
    ].filter((problem) => problem !== null);
    assert.equal(problems.length, 0, `line ${step.line}: ${step.text}\n${problems.join("\n")}`);
  }
}

function finish(child: ChildProcess, stdin: string): Promise<Ran> {
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (exit) => resolve({ exit, stdout, stderr }));
    child.stdin?.on("error", () => undefined).end(stdin);
  });
}

async function untilReady(child: ChildProcess, file: string): Promise<void> {
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  while (!existsSync(file)) {
    if (child.exitCode !== null) throw new Error(`the background command ended with ${child.exitCode}:\n${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}
