import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { bunProgram } from "../../../scripts/bundle/bun-program.ts";
import { childProgram } from "../../../test/child-program.ts";
import { Fault } from "../../core/fault.ts";
import { requireProgram, runForeground } from "./run-foreground.ts";

const CHILD = join(import.meta.dirname, "../../../test/contracts/run-foreground-child.ts");
const BUN = bunProgram();

/** Both runtimes that brevet is shipped for: what comes before the words of the program. */
const RUNTIMES: readonly {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly skip: string | false;
}[] = [
  { name: "Node", command: childProgram(CHILD), skip: false },
  { name: "Bun", command: [BUN, CHILD], skip: !existsSync(BUN) && "Bun is not installed" },
];

const skip = process.platform === "win32" && "this system looks for more names";

const noTerminal = spawnSync("python3", ["-c", "import pty"]).status !== 0 && "no python3 to open a terminal with";

/** Says `ready`, then counts the signals it gets; ends at the second, or at SIGUSR2, with the names of all it got. */
const COUNTER = `
  const got = [];
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH"]) {
    process.on(name, () => {
      got.push(name);
      if (name === "SIGUSR2") { console.log(got.join(" ")); process.exit(7); }
      console.log("got " + name);
    });
  }
  setInterval(() => {}, 1000);
  console.log("ready");
`;

async function lineOf(child: ChildProcess, seen: { text: string }, wanted: string): Promise<void> {
  while (!seen.text.split("\n").includes(wanted)) {
    if (child.exitCode !== null) throw new Error(`ended before it said ${wanted}: ${seen.text}`);
    await Promise.race([once(child.stdout as NodeJS.EventEmitter, "data"), once(child, "exit")]);
  }
}

describe("a program in our place", () => {
  it("gives its exit status", async () => {
    const environment = { PATH: process.env["PATH"] };
    assert.equal(await runForeground({ command: process.execPath, args: ["-e", "process.exit(42)"], environment }), 42);
  });

  it("gives 128 and the number of the signal that ended it", async () => {
    const args = ["-e", "process.kill(process.pid, 'SIGKILL')"];
    assert.equal(await runForeground({ command: process.execPath, args, environment: {} }), 128 + constants.signals.SIGKILL);
  });

  it("has exactly the environment that was given", async () => {
    const args = ["-e", "process.exit(Object.keys(process.env).join() === 'ONLY' && process.env.ONLY === 'this' ? 0 : 1)"];
    assert.equal(await runForeground({ command: process.execPath, args, environment: { ONLY: "this" } }), 0);
  });

  it("gets its arguments as they are, read by no shell", async () => {
    const hostile = ["$(exit 3)", "a b", "'", '"', "*", ";", "\n", ""];
    const args = ["-e", `process.exit(JSON.stringify(process.argv.slice(1)) === process.env.WANTED ? 0 : 1)`, "--", ...hostile];
    const environment = { WANTED: JSON.stringify(hostile) };
    assert.equal(await runForeground({ command: process.execPath, args, environment }), 0);
  });

  it("is a fault when it is not there, and when it cannot be executed", async () => {
    for (const [command, code] of [
      ["brevet-test-no-such-program", "COMMAND_ABSENT"],
      ["/", "COMMAND_UNUSABLE"],
    ] as const) {
      await assert.rejects(
        runForeground({ command, args: [], environment: { PATH: process.env["PATH"] } }),
        (error) => error instanceof Fault && error.code === code,
        command,
      );
    }
  });

  it("is said to lack what runs it, to be in no form to run, or not to be executable", { skip }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "brevet-unusable-"));
    try {
      for (const [name, text, mode] of [
        ["windows-line-end", "#!/bin/sh\r\n", 0o755],
        ["plain", "#!/bin/sh\n", 0o644],
      ] as const) {
        writeFileSync(join(folder, name), text, { mode });
        await assert.rejects(
          runForeground({ command: name, args: [], environment: { PATH: `/nowhere:${folder}` } }),
          (error) =>
            error instanceof Fault &&
            error.code === "COMMAND_UNUSABLE" &&
            error.hints.length === 1 &&
            error.hints[0]?.includes(join(folder, name)) === true,
          name,
        );
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is looked for before where the system will look, and found missing only when it is nowhere", { skip }, () => {
    const folder = mkdtempSync(join(tmpdir(), "brevet-path-"));
    try {
      writeFileSync(join(folder, "plain"), "");
      const absent = (command: string, PATH?: string): boolean => {
        try {
          requireProgram(command, { PATH });
          return false;
        } catch (cause) {
          assert.equal((cause as Fault).code, "COMMAND_ABSENT");
          return true;
        }
      };
      const at = (name: string) => join(folder, name);
      assert.deepEqual([absent("gone", folder), absent("gone", ""), absent(at("gone"), folder)], [true, true, true]);
      assert.equal(absent(at("plain/gone"), ""), true);
      assert.deepEqual([absent("plain", `/nowhere:${folder}`), absent(at("plain"), ""), absent("gone")], [false, false, false]);
      // The system's word counts for what is there and for what cannot be asked for.
      assert.deepEqual([absent("/", ""), absent("x".repeat(300), folder)], [false, false]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is a fault when its arguments are too long", async () => {
    const listeners = process.listenerCount("SIGTERM");
    const args = ["-e", "x".repeat(4 * 1024 * 1024)];
    await assert.rejects(
      runForeground({ command: process.execPath, args, environment: {} }),
      (error) => error instanceof Fault && error.details["reason"] === "E2BIG",
    );
    assert.equal(process.listenerCount("SIGTERM"), listeners);
  });

  it("is not told of signals any more after it ended", async () => {
    const before = process.listenerCount("SIGTERM");
    await runForeground({ command: process.execPath, args: ["-e", ""], environment: {} });
    assert.equal(process.listenerCount("SIGTERM"), before);
  });
});

for (const { name, command, skip } of RUNTIMES) {
  const [runtime, ...words] = command;

  describe(`on ${name}`, { skip }, () => {
    it("a program keeps the pipes that its arguments name", () => {
      const script = `exec "$0" "$@" cat <(printf one) <(printf two)`;
      const { stdout, stderr } = spawnSync("bash", ["-c", script, ...command], { encoding: "utf8" });
      assert.equal(stdout, "onetwo", stderr);
    });

    it("signals are passed on without a terminal, once each, and the program's own status comes back", async () => {
      // Detached: a process group of its own, which no terminal has.
      const runner = spawn(runtime, [...words, process.execPath, "-e", COUNTER], {
        stdio: ["ignore", "pipe", "inherit"],
        detached: true,
      });
      const seen = { text: "" };
      runner.stdout.on("data", (chunk: Buffer) => {
        seen.text += chunk.toString();
      });
      await lineOf(runner, seen, "ready");
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGWINCH", "SIGUSR1"] as const) {
        runner.kill(signal);
        await lineOf(runner, seen, `got ${signal}`);
      }
      runner.kill("SIGUSR2");
      const [code] = (await once(runner, "exit")) as [number];
      assert.equal(code, 7);
      assert.ok(seen.text.includes("SIGINT SIGTERM SIGHUP SIGQUIT SIGWINCH SIGUSR1 SIGUSR2\n"), seen.text);
    });

    it("Ctrl-C on a terminal reaches the program once: from the terminal, not again from us", { skip: noTerminal }, () => {
      const driver = join(import.meta.dirname, "../../../test/contracts/press_ctrl_c.py");
      const { stdout, stderr, status } = spawnSync("python3", [driver, ...command, process.execPath, "-e", COUNTER], {
        encoding: "utf8",
        timeout: 120_000,
      });
      assert.equal(status, 0, stderr);
      assert.equal(stdout.trim(), "SIGINT SIGUSR2 status 7");
    });
  });
}
