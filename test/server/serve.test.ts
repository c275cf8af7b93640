import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { posixWord, quotePosix } from "../../src/core/posix-word.ts";
import { isRunning } from "../../src/platform/processes/process-identity.ts";
import { pause } from "../../src/platform/tempo.ts";
import { freePort } from "../free-port.ts";
import { programUnderTest } from "../scripts/program.ts";

test("serve greets who starts it in its own words alone, and stops in order", async () => {
  const folder = mkdtempSync(join(tmpdir(), "brevet-serve-"));
  const [program, ...words] = programUnderTest().command;
  const listen = `127.0.0.1:${await freePort()}`;
  const child = spawn(program, [...words, "serve", "--data", join(folder, "data"), "--listen", listen], {
    env: { HOME: folder, PATH: process.env["PATH"] },
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += `stdout: ${chunk.toString()}`;
    });
    await new Promise<void>((greeted, ended) => {
      child.stderr.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes("for clouds")) greeted();
      });
      child.once("exit", () => ended(new Error(said)));
    });
    assert.doesNotMatch(said, /warning/);
    // A command that cannot work is not told to anybody.
    assert.match(said, /for clouds: none; AWS takes no issuer like this one: it does not begin with https:/);
    assert.doesNotMatch(said, /brevet setup aws/);
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    assert.deepEqual(await ended, [0, null]);
    // A library that we run on says what it thinks of the runtime; whether that is supported is ours to say.
    const foreign = said.split("\n").filter((line) => line !== "" && !line.startsWith("brevet: "));
    assert.deepEqual(foreign, []);
  } finally {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal} ends in order a server that still starts, and SIGHUP does not end it`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "brevet-serve-"));
    const data = join(folder, "data");
    mkdirSync(data, { mode: 0o700 });
    const [program, ...words] = programUnderTest().command;
    const env = { HOME: folder, PATH: process.env["PATH"] };
    const watcher = watch(data);
    const begun = once(watcher, "change");
    const listen = `127.0.0.1:${await freePort()}`;
    const child = spawn(program, [...words, "serve", "--data", data, "--listen", listen], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    try {
      const said = text(child.stderr);
      const ended = once(child, "exit");
      await begun;
      child.kill("SIGHUP");
      child.kill(signal);
      assert.deepEqual(await ended, [0, null]);
      // Nobody is greeted by what is about to go.
      assert.doesNotMatch(await said, /listens on/);
      const log = spawnSync(program, [...words, "audit", "export", "--data", data], { env, encoding: "utf8" });
      const events = log.stdout
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { readonly metadata: { readonly event_code: string } }).metadata.event_code);
      assert.equal(events[0], "chain.opened");
      assert.equal(events.at(-1), "chain.closed");
    } finally {
      watcher.close();
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

test("ends with the terminal on which it was started, and not with one that it was taken from by nohup", async () => {
  for (const [before, ends] of [
    ["", true],
    ["nohup ", false],
  ] as const) {
    const folder = mkdtempSync(join(tmpdir(), "brevet-serve-"));
    const words = [...programUnderTest().command, "serve", "--data", join(folder, "data"), "--listen"];
    const url = `127.0.0.1:${await freePort()}`;
    const server = `echo $$ > pid; exec ${before}${[...words, url].map(posixWord).join(" ")}`;
    // It writes what is on the terminal into a file, and holds its other end.
    const terminal = spawn("/bin/sh", ["-c", `exec script -qefc ${quotePosix(server)} screen`], {
      env: { HOME: folder, PATH: process.env["PATH"], TERM: "xterm" },
      cwd: folder,
      stdio: ["ignore", "ignore", "ignore"],
      detached: true,
    });
    let pid = 0;
    try {
      await until(async () => (await fetch(`http://${url}/health`).catch(() => null))?.ok === true);
      pid = Number(readFileSync(join(folder, "pid"), "utf8"));
      terminal.kill("SIGKILL");
      if (ends) await until(async () => !isRunning(pid));
      else {
        await once(terminal, "exit");
        process.kill(pid, "SIGHUP");
        assert.equal((await fetch(`http://${url}/health`)).ok, true);
      }
    } finally {
      terminal.kill("SIGKILL");
      if (pid > 0 && isRunning(pid)) process.kill(pid, "SIGKILL");
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  }
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let looks = 0; !(await holds()); looks += 1) {
    assert.ok(looks < 600, "it does not come to that");
    await pause(100);
  }
}

test("a server of an https URL that speaks plain HTTP, and for no proxy, says so", async () => {
  const folder = mkdtempSync(join(tmpdir(), "brevet-serve-"));
  const [program, ...words] = programUnderTest().command;
  const serve = ["serve", "--data", join(folder, "data"), "--issuer", "https://id.example.com", "--listen"];
  const said = async (...flags: readonly string[]): Promise<string> => {
    const child = spawn(program, [...words, ...serve, `127.0.0.1:${await freePort()}`, ...flags], {
      env: { HOME: folder, PATH: process.env["PATH"] },
      stdio: ["ignore", "ignore", "pipe"],
    });
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", (chunk: string) => {
      if (chunk.includes("for people")) child.kill("SIGTERM");
    });
    return text(child.stderr);
  };
  try {
    assert.match(await said(), /warning: .*plain HTTP.*--trusted-proxy ADDRESS.*--certificate FILE --key FILE/);
    assert.doesNotMatch(await said("--trusted-proxy", "127.0.0.1"), /warning/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
