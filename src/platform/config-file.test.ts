import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import type { Fault } from "../core/fault.ts";
import { readConfigFile } from "./config-file.ts";

const folder = mkdtempSync(join(tmpdir(), "brevet-config-"));
after(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function configFile(mode: number): string {
  const file = join(folder, `config-${++files}.json`);
  writeFileSync(file, "{}");
  chmodSync(file, mode);
  return file;
}

describe("the config file", () => {
  test("that is not there is null", () => {
    assert.equal(readConfigFile(join(folder, "absent.json")), null);
    assert.equal(readConfigFile(join(folder, "absent/config.json")), null);
  });

  test("of the user alone is read, through a link too", () => {
    for (const mode of [0o600, 0o400, 0o700]) assert.equal(readConfigFile(configFile(mode)), "{}");
    const link = join(folder, "link.json");
    symlinkSync(configFile(0o600), link);
    assert.equal(readConfigFile(link), "{}");
  });

  test("that others can read, change or run is refused, through a link too", () => {
    for (const mode of [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o666, 0o777]) {
      assert.throws(() => readConfigFile(configFile(mode)), { code: "CONFIG_EXPOSED" }, mode.toString(8));
    }
    const link = join(folder, "exposed-link.json");
    symlinkSync(configFile(0o644), link);
    assert.throws(() => readConfigFile(link), { code: "CONFIG_EXPOSED" });
  });

  test("that is a pipe is refused, and does not hang the reader", () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", ["-m", "600", pipe]);
    assert.throws(() => readConfigFile(pipe), { code: "FILE_UNSAFE" });
  });

  test("of another user is refused", { skip: process.getuid?.() === 0 ? false : "only root can make one" }, () => {
    const file = configFile(0o600);
    chownSync(file, 65_534, 65_534);
    assert.throws(() => readConfigFile(file), { code: "CONFIG_EXPOSED" });
  });

  test("that is a folder or a loop of links cannot be read", () => {
    for (const mode of [0o700, 0o755]) {
      const path = join(folder, `folder-${mode}.json`);
      mkdirSync(path, { mode });
      assert.throws(() => readConfigFile(path), { code: "FILE_UNREADABLE", hints: [] });
    }
    symlinkSync("loop.json", join(folder, "loop.json"));
    assert.throws(() => readConfigFile(join(folder, "loop.json")), { code: "FILE_UNREADABLE" });
    // The folder that it is kept in may not be mounted: that is not the same as to have none.
    symlinkSync("absent.json", join(folder, "nowhere.json"));
    assert.throws(() => readConfigFile(join(folder, "nowhere.json")), { code: "FILE_UNREADABLE" });
    // Where the config's folder should be, there is a file.
    const below = join(configFile(0o600), "config.json");
    assert.throws(
      () => readConfigFile(below),
      (fault: Fault) => fault.code === "FILE_UNREADABLE" && /folder/.test(fault.hints[0] ?? ""),
    );
  });
});
