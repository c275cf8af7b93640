import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, posix, win32 } from "node:path";
import { describe, it } from "node:test";
import { brevetPaths } from "../../src/platform/paths.ts";
import { type BrevetHome, inBrevetHome } from "./brevet-home.ts";

const GUIDE = readFileSync(join(import.meta.dirname, "../../docs/guides/life-of-a-key.md"), "utf8");
const SECTION = /^## Leave nothing behind\n([\s\S]*?)(?=^## )/m.exec(GUIDE)?.[1] ?? "";
const LINES = [...SECTION.matchAll(/^\$ (.*)$/gm)].map(([, line = ""]) => line);
const COMMANDS = LINES.flatMap((line) => (line.startsWith("brevet ") ? [line.split(" ").slice(1)] : []));
const REMOVAL = LINES.filter((line) => line.startsWith("rm "));

/** The paths in the rows of the table whose first heading begins so. */
function pathsIn(heading: string): readonly (readonly string[])[] {
  const [, rows = ""] = new RegExp(`^\\| ${heading}.*\\n\\|[-|]+\\|\\n((?:\\|.*\\n)+)`, "m").exec(SECTION) ?? [];
  return rows
    .trim()
    .split("\n")
    .map((row) => [...row.matchAll(/`(~[^`]*)`/g)].map(([, path = ""]) => path));
}

const AWS_CONFIG = "[profile other]\nregion = eu-west-1\n";

/** A device that was published, joined a role and got something that is cached. */
function useBrevet({ home, brevet, write }: BrevetHome): void {
  write(".config/brevet/config.json", "{}\n");
  write(".aws/config", AWS_CONFIG);
  const program = write("bin/brevet", "#!/bin/sh\n", 0o755);
  for (const words of [
    ["init", "laptop", "--signer", "software", "--issuer", "https://issuer.example/laptop"],
    ["issuer", "generate"],
    ["issuer", "publish", "--to", join(home, "public")],
    ["setup", "aws", "--role", "arn:aws:iam::123456789012:role/dev", "--program", program],
    ["token", "--audience", "https://api.example.com"],
  ]) {
    const { status, stderr } = brevet(...words);
    assert.equal(status, 0, `${words.join(" ")}: ${stderr}`);
  }
}

describe("the guide's way to leave nothing behind", () => {
  it("leaves what it says, and then only what is not brevet's", () =>
    inBrevetHome((brevetHome) => {
      useBrevet(brevetHome);
      const { home, brevet, environment, snapshot } = brevetHome;
      assert.equal(COMMANDS.length, 3);
      for (const words of COMMANDS) {
        const { status, stderr } = brevet(...words, ...(words[1] === "revoke" ? ["--yes"] : []));
        assert.equal(status, 0, stderr);
      }
      const isOurs = (file: string): boolean => /^\.(config|local|cache)\//.test(file);
      const left = Object.keys(snapshot()).filter(isOurs);
      const told = pathsIn("left over")
        .flat()
        .map((path) => path.replace("~/", ""));
      const covers = (path: string, file: string): boolean => (path.endsWith("/") ? file.startsWith(path) : file === path);
      assert.deepEqual(
        left.filter((file) => !told.some((path) => covers(path, file))),
        [],
        "files that the guide does not name",
      );
      assert.deepEqual(
        told.filter((path) => !left.some((file) => covers(path, file))),
        [],
        "files that are not there",
      );
      for (const line of REMOVAL) execFileSync("sh", ["-c", line], { env: environment });
      const { ".aws/config": aws, "public/keys.json": keys, ...rest } = snapshot();
      assert.equal(aws, AWS_CONFIG);
      assert.deepEqual(JSON.parse(keys ?? ""), { keys: [] });
      assert.deepEqual(Object.keys(rest).sort(), ["bin/brevet", "public/.well-known/openid-configuration"]);
      for (const folder of [".config", ".local/state", ".cache"]) assert.deepEqual(readdirSync(join(home, folder)), []);
    }));

  it("names the folders of every platform", () => {
    const platforms = ["linux", "darwin", "win32"] as const;
    const folders = platforms.map((platform) => {
      const [{ dirname, relative, sep }, home] = platform === "win32" ? [win32, "C:\\Users\\a"] : [posix, "/home/a"];
      const { configFile, stateFolder, cacheFolder } = brevetPaths({ HOME: home }, platform);
      return [dirname(configFile), stateFolder, cacheFolder].map((path) => `~${sep}${relative(home, path)}`);
    });
    const table = pathsIn("\\| Linux");
    assert.deepEqual(
      table,
      [0, 1, 2].map((row) => folders.map((paths) => paths[row])),
    );
    assert.deepEqual(REMOVAL, [`rm -r ${table.map(([linux]) => linux).join(" ")}`]);
  });
});
