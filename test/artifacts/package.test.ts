import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";

/** The npm package as it would be published; the program in `dist` was built before the tests began. */

const TOP = resolve(import.meta.dirname, "../..");
const manifest = JSON.parse(readFileSync(join(TOP, "package.json"), "utf8")) as Readonly<Record<string, unknown>>;
const npm = process.platform === "win32" ? "npm.cmd" : "npm";

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

function pack(folder: string): Packed {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const printed = JSON.parse(execFileSync(npm, args, { cwd: TOP, encoding: "utf8" })) as
    | readonly Packed[]
    | Readonly<Record<string, Packed>>;
  const [packed] = Object.values(printed);
  assert.ok(packed);
  return packed;
}

describe("the npm package", () => {
  let folder: string;
  let packed: Packed;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "brevet-package-"));
    packed = pack(folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("holds the program, its chunks and the documents, and nothing else", () => {
    const paths = packed.files.map(({ path }) => path).filter((path) => !/^dist\/chunks\/[\w.-]+\.cjs$/.test(path));
    const documents = ["CHANGELOG.md", "LICENSE", "README.md"];
    const named = paths.map((path) => path.replace(/^(dist\/program)-[0-9a-f]{12}(?:\.[\w.-]+)?(\.\w+)$/, "$1$2"));
    assert.deepEqual(named.filter((path) => !documents.includes(path)).sort(), [
      "dist/brevet.cjs",
      "dist/program.cache",
      "dist/program.cjs",
      "dist/third-party-licenses.txt",
      "package.json",
    ]);
    for (const document of documents) assert.ok(paths.includes(document), `${document} is missing`);
    assert.ok(packed.files.length > 20, "the chunks are missing");
  });

  it("holds the licences of what is bundled, and of the native parts beside it", () => {
    const text = readFileSync("dist/third-party-licenses.txt", "utf8");
    for (const name of ["valibot", "@napi-rs/keyring", "koffi", "libsql"])
      assert.match(text, new RegExp(`^${name} \\d+\\.\\d+`, "m"));
  });

  it("needs nothing at run time but native parts, which are optional", () => {
    assert.equal(manifest["dependencies"], undefined);
    assert.deepEqual(Object.keys(manifest["optionalDependencies"] ?? {}), ["@napi-rs/keyring", "koffi", "libsql"]);
  });

  it("has no script that runs where it is installed", () => {
    const scripts = Object.keys(manifest["scripts"] ?? {});
    assert.deepEqual(
      scripts.filter((name) => /^(pre|post)?install$|^prepare$/.test(name)),
      [],
    );
  });

  it("gives a working command in an empty folder", () => {
    const project = mkdtempSync(join(folder, "project-"));
    writeFileSync(join(project, "package.json"), '{"private":true}');
    execFileSync(npm, ["install", "--prefer-offline", "--no-audit", "--no-fund", join(folder, packed.filename)], {
      cwd: project,
      stdio: "ignore",
    });
    const run = spawnSync(process.platform === "win32" ? "npx.cmd" : "npx", ["--no-install", "brevet", "--version"], {
      cwd: project,
      encoding: "utf8",
    });
    assert.deepEqual({ stdout: run.stdout, status: run.status }, { stdout: `brevet ${manifest["version"]}\n`, status: 0 });
  });

  it("works where the native part is not there", () => {
    const project = mkdtempSync(join(folder, "bare-"));
    writeFileSync(join(project, "package.json"), '{"private":true}');
    execFileSync(
      npm,
      ["install", "--omit=optional", "--prefer-offline", "--no-audit", "--no-fund", join(folder, packed.filename)],
      {
        cwd: project,
        stdio: "ignore",
      },
    );
    const program = join(project, "node_modules/brevet/dist/brevet.cjs");
    assert.equal(
      spawnSync(process.execPath, [program, "--version"], { encoding: "utf8" }).stdout,
      `brevet ${manifest["version"]}\n`,
    );
  });
});
