import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { childProgram } from "../../test/child-program.ts";
import { runOnTerminal } from "../../test/contracts/terminal-programs.ts";
import { posixWord } from "../core/posix-word.ts";
import { writeAll } from "./write-all.ts";

const folder = mkdtempSync(join(tmpdir(), "brevet-write-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("everything is written before it returns", () => {
  const file = join(folder, "out");
  const descriptor = openSync(file, "w");
  const text = "é€😀\n".repeat(100_000);
  writeAll(descriptor, text);
  closeSync(descriptor);
  assert.equal(readFileSync(file, "utf8"), text);
});

test("a full disk is a fault", { skip: process.platform === "linux" ? false : "only Linux has /dev/full" }, () => {
  const descriptor = openSync("/dev/full", "w");
  try {
    assert.throws(() => writeAll(descriptor, "x"), { code: "FILE_UNWRITABLE" });
  } finally {
    closeSync(descriptor);
  }
});

/** Runs a program that writes four megabytes to a pipe, and hands its stdout to `read`. */
function writer(read: (stdout: NodeJS.ReadableStream) => void): Promise<number | null> {
  const [program, ...words] = childProgram(join(import.meta.dirname, "../../test/contracts/write-all-child.ts"));
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] });
  read(child.stdout);
  return new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
}

test("a reader that is slow gets all of it", async () => {
  let length = 0;
  const status = await writer((stdout) => {
    stdout.on("data", (chunk: Buffer) => {
      length += chunk.length;
      stdout.pause();
      setImmediate(() => stdout.resume());
    });
  });
  assert.deepEqual([status, length], [0, 4_000_000]);
});

test("a reader that is gone is no error", async () => {
  const status = await writer((stdout) => {
    stdout.once("data", () => (stdout as unknown as { destroy(): void }).destroy());
  });
  assert.equal(status, 0);
});

test("a terminal has every line in its place, by whichever way it is handed it", async () => {
  const program = childProgram(join(import.meta.dirname, "../../test/contracts/console-child.ts"))
    .map(posixWord)
    .join(" ");
  const { stdout, status } = await runOnTerminal(program, { TERM: "xterm" });
  assert.equal(status, 0, stdout);
  assert.deepEqual(
    stdout.trimEnd().split("\r\n"),
    Array.from({ length: 200 }, (_, line) => `${line} é€😀`),
  );
});
