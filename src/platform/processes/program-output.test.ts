import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { programOutput } from "./program-output.ts";

const environment = { PATH: process.env["PATH"] };
let warnings: Error[];
const keep = (warning: Error): void => void warnings.push(warning);
beforeEach(() => {
  warnings = [];
  process.on("warning", keep);
});
afterEach(() => void process.off("warning", keep));

describe("what another program printed", () => {
  for (const platform of ["linux", "win32"] as const) {
    it(`is had as programs are started on ${platform}, and nothing is warned of`, async () => {
      const told = await programOutput(["node", "-p", "6*7"], environment, 60, platform);
      assert.deepEqual(told, { status: 0, stdout: "42\n" });
      await setImmediate();
      assert.deepEqual(warnings, []);
    });
  }

  it("comes of no program that lies in the working folder of a Windows", async () => {
    const told = await programOutput(["node", "-p", "process.env.NoDefaultCurrentDirectoryInExePath"], environment, 60, "win32");
    assert.deepEqual(told, { status: 0, stdout: "1\n" });
  });

  it("is nothing where there is no such program", async () => {
    assert.equal(await programOutput(["no-such-program"], environment, 60, "linux"), null);
  });
});
