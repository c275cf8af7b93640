import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readGivenLines } from "./read-given-file.ts";

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
