import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Metafile } from "esbuild";
import { makeWorld, PROFILE, type World } from "../bench/world.ts";

/**
 * What the credential path may reach, by esbuild's account of the built program: which file of ours and which package
 * went into each chunk. Which chunks a call loads is not guessed: the built program runs, and its loads are recorded.
 */

const TOP = resolve(import.meta.dirname, "../..");
const DIST = join(TOP, "dist");
const { outputs } = JSON.parse(readFileSync(join(TOP, "build/node-metafile.json"), "utf8")) as Metafile;

/** What may be loaded, from the cache or from a cloud. */
const PACKAGES = ["jsonc-parser", "valibot"];
const FORBIDDEN = /^src\/(server|sandbox|provisioners|agent|setup)\//;

interface Reach {
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

function reachOf(chunks: Iterable<string>): Reach {
  const inputs = new Set(
    [...chunks].flatMap((chunk) =>
      Object.entries(outputs[chunk]?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    ),
  );
  const files = [...inputs].filter((path) => !path.includes("node_modules"));
  const packages = [...inputs].flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  return { files: files.sort(), packages: [...new Set(packages)].sort() };
}

/** The chunks that come with a chunk: those that it imports statically. */
function withStaticImports(chunks: readonly string[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const visit = (chunk: string): void => {
    if (reached.has(chunk) || !(chunk in outputs)) return;
    reached.add(chunk);
    for (const { path, kind } of outputs[chunk]?.imports ?? []) if (kind === "import-statement") visit(path);
  };
  chunks.forEach(visit);
  return reached;
}

const RECORDER = `
  const { Module } = require("node:module");
  const load = Module._load;
  const loaded = new Set();
  Module._load = function (request, parent, isMain) {
    loaded.add(Module._resolveFilename(request, parent, isMain));
    return load.apply(this, arguments);
  };
  process.on("exit", () => require("node:fs").writeFileSync(process.env.RECORD_TO, [...loaded].join("\\n")));
`;

describe("the credential path", () => {
  let world: World;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "brevet-reach-"));
    writeFileSync(join(folder, "recorder.cjs"), RECORDER);
    world = await makeWorld({ program: [process.execPath, join(DIST, "brevet.cjs")], guard: "file", runKey: true });
  });
  after(async () => {
    await world.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What a call really loaded: chunks as the metafile names them, and everything else by its path or name. */
  function loadedBy(...args: readonly string[]): { readonly chunks: readonly string[]; readonly others: readonly string[] } {
    const record = join(folder, "record");
    const run = spawnSync(process.execPath, ["--require", join(folder, "recorder.cjs"), join(DIST, "brevet.cjs"), ...args], {
      env: { ...world.environment, RECORD_TO: record },
      encoding: "utf8",
    });
    assert.equal(run.status, 0, run.stderr);
    const paths = readFileSync(record, "utf8").split("\n");
    const chunks = paths.filter((path) => path.startsWith(DIST)).map((path) => relative(TOP, path));
    return { chunks, others: paths.filter((path) => !path.startsWith(DIST) && !path.startsWith("node:")) };
  }

  const call = ["credential", "aws", "--profile", PROFILE];
  const entry = "dist/brevet.cjs";

  it("loads one file when the cache has the answer", () => {
    world.run(...call);
    const { chunks, others } = loadedBy(...call);
    assert.deepEqual(others, []);
    const { files } = reachOf(chunks.filter((chunk) => chunk !== entry));
    assert.deepEqual(files, [], "scripts/bundle/every-call.ts lacks these modules");
    assert.ok(chunks.includes(entry));
  });

  it("has in that file only what it needs", () => {
    const everyCall = JSON.parse(readFileSync(join(TOP, "build/every-call-chunks.json"), "utf8")) as readonly string[];
    const { files, packages } = reachOf(everyCall);
    assert.ok(files.length > 20, "the metafile does not describe the program");
    assert.deepEqual(
      files.filter((path) => FORBIDDEN.test(path)),
      [],
    );
    assert.deepEqual(
      packages.filter((name) => !PACKAGES.includes(name)),
      [],
    );
  });

  it("reaches neither sandbox, server nor SDK when it fetches credentials", () => {
    const { chunks, others } = loadedBy(...call, "--renew");
    assert.deepEqual(others, []);
    assert.ok(chunks.length > 1, "nothing was loaded for the exchange");
    const { files, packages } = reachOf(withStaticImports(chunks.filter((chunk) => chunk !== entry)));
    assert.deepEqual(
      files.filter((path) => FORBIDDEN.test(path)),
      [],
    );
    assert.deepEqual(
      packages.filter((name) => !PACKAGES.includes(name)),
      [],
    );
    assert.ok(
      files.some((path) => path.startsWith("src/exchanges/aws/")),
      "the exchange was not seen",
    );
  });

  it("fetches credentials without node:crypto, which would take the executable a tenth of the call to load", () => {
    const { chunks } = loadedBy(...call, "--renew");
    const bringing = [...withStaticImports(chunks.filter((chunk) => chunk !== entry))].filter((chunk) =>
      outputs[chunk]?.imports.some(({ path }) => path === "node:crypto"),
    );
    assert.deepEqual(reachOf(bringing).files, []);
  });

  for (const [what, words, own] of [
    ["help", ["--help"], []],
    ["completion", ["complete", "zsh", "--", ""], ["src/cli/commands/complete.ts"]],
  ] as const) {
    it(`is not loaded by ${what}, nor is any command that is only listed`, () => {
      const { files } = reachOf(loadedBy(...words).chunks.filter((chunk) => chunk !== entry));
      assert.ok(files.includes("src/cli/summaries.ts"), "the list was not seen");
      assert.deepEqual(
        files.filter((path) => path.startsWith("src/cli/commands/")),
        own,
      );
    });
  }

  it("would be seen to reach the sandbox if it did", () => {
    const sandbox = Object.entries(outputs).filter(([, { inputs }]) =>
      Object.keys(inputs).some((path) => path.startsWith("src/sandbox/")),
    );
    assert.ok(reachOf(sandbox.map(([chunk]) => chunk)).files.some((path) => FORBIDDEN.test(path)));
  });
});
