import assert from "node:assert/strict";
import { existsSync, fstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, it, type TestContext } from "node:test";
import { textOf } from "../core/bytes.ts";
import { patientCalls, systemCalls } from "./file-calls.ts";
import { privateFiles } from "./private-files.ts";

const files = privateFiles();
let folder: string;
beforeEach((context) => {
  folder = mkdtempSync(join(tmpdir(), "brevet-test-"));
  (context as TestContext).after(() => rmSync(folder, { recursive: true, force: true }));
});

const bytes = (text: string): Uint8Array => Buffer.from(text);

function fail(code: string): never {
  throw Object.assign(new Error(code), { code });
}

describe("a file that another program has open", () => {
  for (const [call, code] of [
    ["rename", "EPERM"],
    ["rename", "EBUSY"],
    ["openNew", "EPERM"],
    ["openForReading", "EBUSY"],
    ["unlink", "EACCES"],
  ] as const) {
    it(`is waited for, as Windows says it: ${code} of ${call}`, () => {
      const path = join(folder, "file");
      files.replace(path, bytes("old"));
      let refusals = 3;
      const held = (...given: readonly never[]): unknown =>
        refusals-- > 0 ? fail(code) : (systemCalls[call] as (...given: readonly never[]) => unknown)(...given);
      const patient = privateFiles(patientCalls({ ...systemCalls, [call]: held }));
      if (call !== "unlink") patient.replace(path, bytes("new"));
      if (call === "openForReading") assert.equal(textOf(patient.read(path) ?? bytes("")), "new");
      if (call === "unlink") patient.remove(path);
      assert.deepEqual(readdirSync(folder), call === "unlink" ? [] : ["file"]);
      assert.ok(refusals < 0, "it was refused, and then done");
    });
  }

  it("is not waited for without end, nor for what no wait helps", () => {
    for (const [code, tries] of [
      ["EPERM", 10],
      ["ENOSPC", 1],
    ] as const) {
      let tried = 0;
      const rename = (): never => {
        tried += 1;
        return fail(code);
      };
      assert.throws(() => privateFiles(patientCalls({ ...systemCalls, rename })).replace(join(folder, "file"), bytes("x")), {
        code: "FILE_UNWRITABLE",
        details: { reason: code },
      });
      assert.equal(tried, tries);
    }
  });
});

describe("the disk", () => {
  it("has a file that has to last, and then its name; one that passes waits for nothing", () => {
    const path = join(folder, "file");
    for (const [life, flushed] of [
      ["lasting", ["content", "name"]],
      ["passing", []],
    ] as const) {
      for (const write of ["replace", "create"] as const) {
        rmSync(path, { force: true });
        const seen: string[] = [];
        // A name that is flushed before it is there may be gone after a power cut.
        const sync = (fd: number) => seen.push(fstatSync(fd).isFile() ? "content" : existsSync(path) ? "name" : "too early");
        privateFiles({ ...systemCalls, sync })[write](path, bytes("one"), life);
        assert.deepEqual(seen, flushed, `${write}, ${life}`);
      }
    }
  });
});
