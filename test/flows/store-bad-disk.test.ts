import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type StoreProcesses, storeProcesses, unshareWith } from "./store-processes.ts";

/**
 * A disk that is full, and one that is read-only: what is there still loads, a lock is still to be had, and a save says so.
 *
 * Root may write where modes forbid it, so the disks are real ones, mounted where only the child sees them.
 */
let processes: StoreProcesses;
before(async () => {
  processes = await storeProcesses(tmpdir());
});
after(() => processes.end());

const VALUE = "precious";

describe("a full disk", () => {
  it("leaves the old value, raises a fault for a save, and holds no half-written file", async (context) => {
    const under = unshareWith(["--mount"]);
    if (typeof under === "string") return context.skip(under);
    const { lines, status } = await inShell(under, [
      'mount -t tmpfs -o size=64k,mode=700 brevet "$HOME_OF_STORE"',
      child("save", VALUE, "1000000"),
      'dd if=/dev/zero of="$HOME_OF_STORE/filler" bs=1k status=none 2>/dev/null',
      child("report", "100"),
      'find "$HOME_OF_STORE" -name "*.brevet-tmp" | wc -l',
      'rm "$HOME_OF_STORE/filler"',
      child("report", "100000"),
      child("report", "100"),
    ]);
    assert.equal(status, 0);
    const full = [`load ${VALUE}`, "save FILE_UNWRITABLE", "lock taken", `load ${VALUE}`];
    const mended = [`load ${VALUE}`, "save undefined", "lock taken", `load ${"x".repeat(100)}`];
    assert.deepEqual(lines.slice(1), [...full, "0", ...full, ...mended]);
  });
});

describe("a read-only home", () => {
  it("still gives what is there, and raises a fault for a save", async (context) => {
    const under = unshareWith(["--mount"]);
    if (typeof under === "string") return context.skip(under);
    const { lines, status } = await inShell(under, [
      'mount -t tmpfs -o size=1m,mode=700 brevet "$HOME_OF_STORE"',
      child("save", VALUE, "1000000"),
      'mount -o remount,bind,ro "$HOME_OF_STORE"',
      child("report", "100"),
    ]);
    assert.equal(status, 0);
    assert.deepEqual(lines.slice(1), [`load ${VALUE}`, "save FILE_UNWRITABLE", "lock taken", `load ${VALUE}`]);
  });

  it("in a container without a temporary folder still has locks", async (context) => {
    const under = unshareWith(["--mount"]);
    if (typeof under === "string") return context.skip(under);
    const { lines } = await inShell(under, [
      'mount -t tmpfs -o ro brevet "$HOME_OF_STORE"',
      // Whatever TMPDIR says, it can be written to as little.
      `TMPDIR="$HOME_OF_STORE" ${child("report", "100")}`,
    ]);
    assert.deepEqual(lines, ["load undefined", "save FILE_UNWRITABLE", "lock taken", "load undefined"]);
  });

  it("that was never written to has nothing, and a save raises the same fault", async (context) => {
    const under = unshareWith(["--mount"]);
    if (typeof under === "string") return context.skip(under);
    const { lines } = await inShell(under, ['mount -t tmpfs -o ro brevet "$HOME_OF_STORE"', child("report", "100")]);
    assert.deepEqual(lines, ["load undefined", "save FILE_UNWRITABLE", "lock taken", "load undefined"]);
  });
});

// Root may write anywhere: for root the mounted disks above are the only ones there are.
if (process.getuid?.() !== 0) {
  describe("a folder that modes make read-only", () => {
    it("raises a fault for a save", async () => {
      const home = processes.home();
      mkdirSync(join(home, "state"), { mode: 0o500 });
      const { lines } = await processes.start(home, ["report", "100"]).ended;
      assert.deepEqual(lines, ["load undefined", "save FILE_UNWRITABLE", "lock taken", "load undefined"]);
      chmodSync(join(home, "state"), 0o700);
      assert.deepEqual(readdirSync(join(home, "state")), []);
    });
  });
}

function child(...task: readonly string[]): string {
  return processes.command('"$HOME_OF_STORE"', task).join(" ");
}

/**
 * The script runs with the home in a variable. It has temporary folders of its own: who pretends to be root finds the real one's
 * locks in the shared ones, and may not touch them.
 */
async function inShell(under: readonly string[], script: readonly string[]) {
  const own = [
    `HOME_OF_STORE='${processes.home()}'`,
    `export TMPDIR='${processes.home()}'`,
    "mount -t tmpfs brevet-memory /dev/shm",
  ];
  const text = [...own, ...script].join("\n");
  return processes.run([...under, "sh", "-c", text]).ended;
}
