import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setCommand, takeCommand, unsetCommand } from "./shell-variables.ts";

describe("what is typed about variables", () => {
  it("is what a shell of POSIX reads, and on Windows what PowerShell reads", () => {
    assert.equal(takeCommand("brevet sandbox env", "linux"), 'eval "$(brevet sandbox env)"');
    assert.equal(takeCommand("brevet sandbox env", "win32"), "brevet sandbox env | Out-String | Invoke-Expression");
    assert.equal(unsetCommand(["A", "B"], "darwin"), "unset A B");
    assert.equal(unsetCommand(["A", "B"], "win32"), "Remove-Item Env:A, Env:B");
  });

  it("sets values as they are, whatever they hold", () => {
    const variables = { FILE: "/tmp/it's here.json", PROJECT: "one" };
    assert.equal(setCommand(variables, "linux"), `export 'FILE=/tmp/it'\\''s here.json' PROJECT=one`);
    assert.equal(setCommand(variables, "win32"), "$env:FILE = '/tmp/it''s here.json'; $env:PROJECT = 'one'");
  });
});
