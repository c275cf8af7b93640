import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../core/fault.ts";
import { ownCommand } from "./own-command.ts";

const temporaryFolders = ["/tmp", "/var/tmp", "/run/user/1000/"];

describe("the command that starts this program", () => {
  for (const [executable, script, words] of [
    ["/usr/local/bin/brevet", null, ["/usr/local/bin/brevet"]],
    ["/usr/bin/node", "/usr/local/bin/brevet", ["/usr/bin/node", "/usr/local/bin/brevet"]],
    ["/usr/bin/node", "/home/ann/tmp/brevet.cjs", ["/usr/bin/node", "/home/ann/tmp/brevet.cjs"]],
    ["/tmpfs/brevet", null, ["/tmpfs/brevet"]],
    ["C:\\Program Files\\brevet\\brevet.exe", null, ["C:\\Program Files\\brevet\\brevet.exe"]],
  ] as const) {
    it(`is ${words.join(" ")}`, () => assert.deepEqual(ownCommand({ executable, script, temporaryFolders }), [...words]));
  }

  for (const [why, executable, script] of [
    ["npx's cache", "/usr/bin/node", "/home/ann/.npm/_npx/1a2b3c/node_modules/brevet/dist/brevet.cjs"],
    ["npx's cache on Windows", "C:\\node.exe", "C:\\Users\\ann\\AppData\\Local\\npm-cache\\_npx\\1a\\node_modules\\.bin\\brevet"],
    ["pnpm dlx's cache", "/usr/bin/node", "/home/ann/.cache/pnpm/dlx-4711/node_modules/brevet/dist/brevet.cjs"],
    ["bunx's folder", "/home/ann/.bun/bin/bun", "/home/ann/bunx-1000-brevet@latest/node_modules/brevet/dist/brevet.cjs"],
    ["yarn dlx's folder", "/usr/bin/node", "/home/ann/xfs-1a2b3c4d/dlx-9/node_modules/brevet/dist/brevet.cjs"],
    ["a temporary folder", "/tmp/brevet", null],
    ["a folder of the session", "/run/user/1000/fnm_multishells/1_2/bin/node", "/usr/local/bin/brevet"],
  ] as const) {
    it(`is refused from ${why}`, () =>
      assert.throws(
        () => ownCommand({ executable, script, temporaryFolders }),
        (error) => error instanceof Fault && error.code === "COMMAND_UNSTABLE" && error.hints.length > 0,
      ));
  }
});
