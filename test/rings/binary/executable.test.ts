import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { BIN, inspectExecutable } from "../../../scripts/bundle/executable.ts";
import { executableFormat, executableName, ownTarget, TARGETS } from "../../../scripts/bundle/targets.ts";

/** The standalone executables that lie in `build/bin`: this platform's, and in the full run every target's. */

const built = TARGETS.filter((target) => existsSync(join(BIN, executableName(target))));
const required = process.env["BREVET_RINGS"] === "required";

describe("the executables", () => {
  it("were built", () => {
    const own = ownTarget();
    assert.ok(own !== null && built.includes(own), "this platform's executable was not built");
    if (required) assert.deepEqual(built, TARGETS);
  });

  for (const target of built) {
    it(`${target.name} holds its own native part and no other's`, () => {
      assert.deepEqual(inspectExecutable(readFileSync(join(BIN, executableName(target))), target), []);
    });
  }

  for (const target of built.filter(({ platform }) => platform === "darwin")) {
    it(`${target.name} is refused where a page is not what its signature says: a Mac would kill it`, () => {
      const bytes = readFileSync(join(BIN, executableName(target)));
      const place = bytes.length >> 1;
      bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
      assert.ok(inspectExecutable(bytes, target).includes("has 1 pages that its signature does not fit"));
      assert.ok(inspectExecutable(bytes.subarray(0, 8192), target).includes("has no signature"));
    });
  }

  it("are told apart: one of another platform, without a part, or with another's part is refused", () => {
    const own = built[0];
    assert.ok(own);
    const bytes = readFileSync(join(BIN, executableName(own)));
    const other = TARGETS.find((target) => target !== own);
    assert.ok(other);
    assert.ok(inspectExecutable(bytes.subarray(0, 4096), own).some((complaint) => complaint.startsWith("lacks")));
    const planted = Buffer.concat([bytes, Buffer.from(`/$bunfs/root/${other.keychainFile.replace(".node", "")}-abcd1234.node`)]);
    assert.deepEqual(inspectExecutable(planted, own), [`holds ${other.keychainFile}`]);
    assert.equal(executableFormat(Buffer.alloc(100)), "unknown");
  });
});

describe("this platform's executable", () => {
  const program = resolve(BIN, process.platform === "win32" ? "brevet.exe" : "brevet");
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "brevet-executable-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
    spawnSync(program, args, { cwd: folder, encoding: "utf8", env: { PATH: "", HOME: folder, ...environment } });

  it("starts in a folder that was removed, and says so where it needs one", { skip: process.platform === "win32" }, () => {
    const inGone = (words: string) =>
      spawnSync("/bin/sh", ["-c", `mkdir gone && cd gone && rmdir ../gone && exec "$0" ${words}`, program], {
        cwd: folder,
        encoding: "utf8",
        env: { PATH: "/usr/bin:/bin", HOME: folder, BREVET_STORE: "file" },
      });
    const made = inGone("init laptop --signer software --issuer https://id.example.com/laptop");
    assert.equal(made.status, 0, made.stderr);
    const listed = inGone("status --json");
    assert.equal(JSON.parse(listed.stdout).identities[0].name, "laptop", listed.stderr);
    const published = inGone("issuer publish --to elsewhere");
    assert.deepEqual([published.status, published.stdout], [1, ""]);
    assert.match(published.stderr, /FILE_UNREADABLE/);
  });

  it("prints the version of the package", () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    assert.deepEqual(run(["--version"]).stdout, `brevet ${version}\n`);
  });

  it("takes nothing from the folder in which it runs", () => {
    // A cloned repository must not lead a credential program to another config or make it run code.
    writeFileSync(join(folder, ".env"), `BREVET_CONFIG=${join(folder, "planted.json")}\n`);
    writeFileSync(join(folder, "bunfig.toml"), 'preload = ["./planted.ts"]\n');
    writeFileSync(join(folder, "planted.ts"), 'require("node:fs").writeFileSync("was-run", "");\n');
    writeFileSync(join(folder, "tsconfig.json"), '{"compilerOptions":{"paths":{"*":["./planted.ts"]}}}\n');
    const { stdout, status } = run(["status", "--json"]);
    assert.equal(status, 0);
    assert.ok(!stdout.includes("planted.json"), stdout);
    assert.ok(!existsSync(join(folder, "was-run")));
    // The same variable is heard when it is really set, so the check above can fail.
    assert.ok(run(["status", "--json"], { BREVET_CONFIG: join(folder, "planted.json") }).stdout.includes("planted.json"));
  });
});
