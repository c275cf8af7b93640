import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { childProgram } from "../../../test/child-program.ts";
import { readGivenFile, readGivenLines } from "./read-given-file.ts";

test("the lines of a given file are those of its text, wherever it is read in two", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "brevet-lines-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "given");
  for (const text of ["", "one", "one\n", "\n\none\r\ntwo", `${"€".repeat(70_000)}\n\n${"a\n€".repeat(50_000)}`]) {
    writeFileSync(file, text);
    assert.deepEqual([...readGivenLines(file)], text.split("\n"));
  }
  assert.throws(() => [...readGivenLines(folder)], { code: "FILE_UNREADABLE" });
  assert.throws(() => [...readGivenLines(join(folder, "absent"))], { code: "FILE_UNREADABLE" });
});

test("a given file is the text that an editor or a shell of Windows wrote, without its mark", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "brevet-windows-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "given");
  const text = `${"a€😀".repeat(30_000)}\r\n\uFEFF`;
  for (const encoding of ["utf8", "utf16le"] as const) {
    writeFileSync(file, `\uFEFF${text}`, encoding);
    assert.equal(readGivenFile(file), text, encoding);
    assert.deepEqual([...readGivenLines(file)], text.split("\n"), encoding);
    writeFileSync(file, "\uFEFF", encoding);
    assert.equal(readGivenFile(file), "", encoding);
  }
});

test("what never ends, or is far too long, is refused in order", { timeout: 60_000 }, (context) => {
  const folder = mkdtempSync(join(tmpdir(), "brevet-endless-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const holes = join(folder, "holes");
  writeFileSync(holes, "");
  truncateSync(holes, 2 ** 40);
  for (const endless of ["/dev/zero", holes]) {
    assert.throws(() => readGivenFile(endless), { code: "FILE_UNSAFE" });
    assert.throws(() => [...readGivenLines(endless)], { code: "FILE_UNSAFE" });
  }
  // Its lines are short, so they are read however many there are.
  const long = openSync(join(folder, "long"), "w");
  const line = `${"€".repeat(300_000)}\n`;
  for (let count = 0; count < 20; count++) writeSync(long, line);
  closeSync(long);
  assert.equal([...readGivenLines(join(folder, "long"))].length, 21);
  assert.throws(() => readGivenFile(join(folder, "long")), { code: "FILE_UNSAFE" });
});

test("stdin that does not block is waited for", async () => {
  const [program, ...words] = childProgram(join(import.meta.dirname, "../../../test/contracts/read-given-child.ts"));
  const child = spawn(program, words, { stdio: "pipe" });
  const [said, read] = [text(child.stderr), text(child.stdout)];
  await once(child.stderr, "data");
  child.stdin.end("a token\n");
  assert.deepEqual([await read, await said], ["a token\n", "waiting\n"]);
});
