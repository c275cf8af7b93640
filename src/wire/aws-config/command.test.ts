import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { encodedCommands } from "../../../test/contracts/command-words.ts";
import { Fault } from "../../core/fault.ts";
import { encodeCommand } from "./command.ts";
import { parseAwsConfig } from "./parse.ts";

function isUnstable(error: unknown): boolean {
  return error instanceof Fault && error.code === "COMMAND_UNSTABLE";
}

describe("a command for POSIX", () => {
  it("is split by sh into the words that were meant", () => {
    const cases = encodedCommands();
    assert.ok(cases.length > 500);
    const script = cases.map(({ text }) => `printf '%s\\0' ${text}; printf '\\n\\0'`).join("\n");
    const { stdout, stderr } = spawnSync("sh", [], { input: script, encoding: "utf8", maxBuffer: 1 << 26 });
    const read = stdout.split("\n\0").slice(0, -1);
    assert.deepEqual(
      read.map((words) => words.split("\0").slice(0, -1)),
      cases.map(({ words }) => [...words]),
      stderr,
    );
  });

  it("is read back from the file as it was written", () => {
    for (const { text } of encodedCommands()) {
      const { sections } = parseAwsConfig(`[profile x]\ncredential_process = ${text}\nregion = y\n`, "config");
      assert.equal(sections[0]?.keys[0]?.value, text);
    }
  });

  it("is plain wherever it can be", () => {
    assert.equal(
      encodeCommand(["/usr/bin/node", "/a/brevet.cjs", "credential", "aws"], "posix"),
      "/usr/bin/node /a/brevet.cjs credential aws",
    );
    assert.equal(encodeCommand(["/home/a b/brevet", "credential"], "posix"), '"/home/a b/brevet" credential');
  });

  for (const path of ["/a #b/brevet", "/a ;b/brevet", "/a\nb", "", "/a\u0000b", "#x"]) {
    it(`is refused with ${JSON.stringify(path)}`, () => assert.throws(() => encodeCommand([path], "posix"), isUnstable));
  }
});

describe("a command for cmd", () => {
  for (const [words, text] of [
    [
      ["C:\\Users\\ann\\brevet.exe", "credential", "aws", "--profile", "dev"],
      "C:\\Users\\ann\\brevet.exe credential aws --profile dev",
    ],
    [
      ["C:\\PROGRA~1\\nodejs\\node.exe", "C:\\Users\\Ann~1\\brevet.cjs"],
      "C:\\PROGRA~1\\nodejs\\node.exe C:\\Users\\Ann~1\\brevet.cjs",
    ],
    [["D:/tools/brevet.exe"], "D:/tools/brevet.exe"],
    [["C:\\Users\\Jürgen\\brevet.exe"], "C:\\Users\\Jürgen\\brevet.exe"],
  ] as const) {
    it(`has no quotes, which the SDK for Go would break: ${text}`, () => assert.equal(encodeCommand(words, "cmd"), text));
  }

  for (const words of [
    ["C:\\Program Files\\nodejs\\node.exe"],
    ["C:\\Program Files (x86)\\brevet.exe"],
    ["C:\\a&b\\brevet.exe"],
    ["C:\\a,b\\brevet.exe"],
    ["C:\\100%\\brevet.exe"],
    ["\\\\server\\share\\brevet.exe"],
    ["C:\\brevet\\"],
    ["C:\\node.exe", "C:\\a b\\brevet.cjs"],
  ]) {
    it(`is refused where it would need some: ${words.join(" ")}`, () =>
      assert.throws(() => encodeCommand(words, "cmd"), isUnstable));
  }
});
