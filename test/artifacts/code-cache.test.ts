import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { Script } from "node:vm";

describe("the compiled form of the program", () => {
  let folder: string;
  let program: string;
  let cache: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "brevet-code-cache-"));
    cpSync(resolve("dist"), folder, { recursive: true });
    const only = (pattern: RegExp): string => {
      const found = readdirSync(folder).filter((name) => pattern.test(name));
      assert.equal(found.length, 1, `${pattern}: ${found.join(", ")}`);
      return join(folder, found[0] ?? "");
    };
    program = only(/^program-[0-9a-f]{12}\.cjs$/);
    cache = only(new RegExp(`^program-.*\\.${process.versions.v8}-${process.arch}\\.cache$`));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function version(...nodeFlags: readonly string[]): string {
    const run = spawnSync(process.execPath, [...nodeFlags, join(folder, "brevet.cjs"), "--version"], { encoding: "utf8" });
    assert.equal(run.status, 0, run.stderr);
    return run.stdout;
  }

  it("is taken by the Node that made it", () => {
    const cachedData = readFileSync(cache);
    const script = new Script(readFileSync(program, "latin1"), { filename: program, cachedData });
    assert.equal(script.cachedDataRejected, false);
  });

  it("is not needed: cut off, made by another V8, or absent, the program runs without it", () => {
    const expected = version();
    assert.match(expected, /^brevet \d/);
    const whole = readFileSync(cache);
    writeFileSync(cache, whole.subarray(0, whole.length / 2));
    assert.equal(version(), expected);
    writeFileSync(cache, Buffer.concat([Buffer.alloc(16, 1), whole.subarray(16)]));
    assert.equal(version(), expected);
    rmSync(cache);
    assert.equal(version(), expected);
  });

  it("is refused by a Node with other flags", () => assert.match(version("--no-opt"), /^brevet \d/));
});
