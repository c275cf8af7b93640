import { readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";

/** Where the translated tests of this run lie: below the top folder, so that packages are found from there. */
export const TEST_BUILD = `build/tests/${process.pid}`;

/** Test files that run in one process, each as a suite by its path: most of a short test's time is its process's start. */
export interface TestGroup {
  /** What its process is called: `src/wire/tests-1`. */
  readonly name: string;
  readonly files: readonly string[];
}

/**
 * Translates test files to JavaScript, so that their processes start without a loader: 100 files take 4 s instead of 16; and the
 * programs that tests start (`test/child-program.ts`).
 *
 * What a module says of its own place stays that of the source file: a test finds its vectors where they lie.
 *
 * @returns the file to run for each test file and each group, in the same order.
 */
export async function bundleTests(
  tests: readonly (string | TestGroup)[],
  children: readonly string[],
): Promise<readonly string[]> {
  process.once("exit", () => rmSync(TEST_BUILD, { recursive: true, force: true }));
  const groups = tests.filter((test): test is TestGroup => typeof test !== "string");
  const entryPoints = tests.map((test) => ({ in: entryOf(test), out: nameOf(test) }));
  await esbuild.build({
    entryPoints: [...entryPoints, ...children.map((child) => ({ in: child, out: nameOf(child) }))],
    outdir: TEST_BUILD,
    bundle: true,
    splitting: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20",
    sourcemap: "inline",
    sourcesContent: false,
    outExtension: { ".js": ".mjs" },
    logLevel: "warning",
    plugins: [keepOwnPlace, groupEntries(groups)],
  });
  return entryPoints.map(({ out }) => join(TEST_BUILD, `${out}.mjs`));
}

const GROUP = "test-group:";

function entryOf(test: string | TestGroup): string {
  return typeof test === "string" ? test : `${GROUP}${test.name}`;
}

function nameOf(test: string | TestGroup): string {
  return typeof test === "string" ? test.replace(/\.ts$/, "") : test.name;
}

/** A group's entry: `require` runs a file inside of its suite, so that its hooks are that suite's, where `import` would come first. */
function groupEntries(groups: readonly TestGroup[]): esbuild.Plugin {
  return {
    name: "group-entries",
    setup(build) {
      const filter = new RegExp(`^${GROUP}`);
      build.onResolve({ filter }, ({ path }) => ({ path: path.slice(GROUP.length), namespace: "test-group" }));
      build.onLoad({ filter: /./, namespace: "test-group" }, ({ path }) => {
        const files = groups.find(({ name }) => name === path)?.files ?? [];
        const suites = files.map((file) => {
          const name = JSON.stringify(file);
          return `describe(${name}, () => void require(${JSON.stringify(`./${file}`)}));`;
        });
        return { contents: ['import { describe } from "node:test";', ...suites].join("\n"), resolveDir: resolve(".") };
      });
    },
  };
}

const keepOwnPlace: esbuild.Plugin = {
  name: "keep-own-place",
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      if (path.includes("node_modules") || !source.includes("import.meta")) return null;
      const contents = source
        .replaceAll(/\bimport\.meta\.dirname\b/g, JSON.stringify(dirname(path)))
        .replaceAll(/\bimport\.meta\.filename\b/g, JSON.stringify(resolve(path)))
        .replaceAll(/\bimport\.meta\.url\b/g, JSON.stringify(pathToFileURL(path).href));
      return { contents, loader: "ts" };
    });
  },
};
