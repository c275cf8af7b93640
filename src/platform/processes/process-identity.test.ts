import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { procStat } from "./proc-stat.ts";
import { isRunning, ownIdentity, parseElapsed, stateOf } from "./process-identity.ts";

const NOW = Math.floor(Date.now() / 1000);
const NO_PROC = { startTime: null, bootId: null, namespace: null } as const;

describe("the state of a process", () => {
  it("is alive for this one", async () => {
    assert.equal(await stateOf(ownIdentity(), NOW), "alive");
  });

  it("is dead once it has ended", async () => {
    const child = spawn("sleep", ["1000"]);
    const identity = { ...ownIdentity(), pid: child.pid ?? 0 };
    assert.equal(isRunning(identity.pid), true);
    child.kill("SIGKILL");
    await once(child, "exit");
    assert.equal(isRunning(identity.pid), false);
    assert.equal(await stateOf(identity, NOW), "dead");
  });

  it("is dead once it has ended, also where its parent never looks", { skip: process.platform !== "linux" }, async () => {
    // The shell that started the child becomes a program that knows of none.
    const parent = spawn("sh", ["-c", 'sh -c "echo \\$\\$" & exec sleep 1000 >&-'], { stdio: ["ignore", "pipe", "ignore"] });
    const said = await parent.stdout.setEncoding("utf8").toArray();
    const identity = { ...ownIdentity(), pid: Number(said.join("")) };
    try {
      // It has closed its output; that is a moment before its end.
      while (procStat(identity.pid)?.state !== "Z") await setImmediate();
      assert.equal(isRunning(identity.pid), false);
      assert.equal(await stateOf(identity, NOW), "dead");
    } finally {
      parent.kill("SIGKILL");
    }
  });

  it("is dead when the number was given to another process", async () => {
    const own = ownIdentity();
    assert.equal(await stateOf({ ...own, startTime: String(Number(own.startTime) - 1) }, NOW), "dead");
  });

  it("is dead after a boot of the same machine, and unknown on another machine", async () => {
    const own = ownIdentity();
    assert.equal(await stateOf({ ...own, bootId: "x" }, NOW), "dead");
    assert.equal(await stateOf({ ...own, bootId: "x", machine: "y" }, NOW), "foreign");
    assert.equal(await stateOf({ ...own, ...NO_PROC, machine: "a Mac" }, NOW), "foreign");
  });

  it("is unknown in another namespace, whatever runs here under that number", async () => {
    assert.equal(await stateOf({ ...ownIdentity(), namespace: "pid:[1]" }, NOW), "foreign");
  });

  it("is told by age where the start time is not known", async () => {
    const unknown = { ...ownIdentity(), startTime: null };
    assert.equal(await stateOf(unknown, NOW), "alive");
    assert.equal(await stateOf(unknown, NOW - 86_400 * 365), "dead");
  });
});

describe("the elapsed time of ps", () => {
  for (const [text, seconds] of [
    ["00:07", 7],
    ["12:34", 754],
    ["01:00:00", 3600],
    ["3-04:05:06", 273_906],
    ["", null],
    ["7", null],
    ["1-2", null],
    ["ELAPSED", null],
  ] as const) {
    it(`${JSON.stringify(text)} is ${seconds}`, () => assert.equal(parseElapsed(text), seconds));
  }
});
