import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import * as esbuild from "esbuild";
import { chunkTranslator } from "./common-js.ts";
import { type Chunk, EAGER, packChunks, staticClosure } from "./pack.ts";

/** Packages that stay outside of the bundle: they hold native code, and npm installs the part that fits the machine. */
const NATIVE_PACKAGES = ["@napi-rs/keyring"];

/** The entry of the program, and the file that npm links as `brevet`. */
export const ENTRY = "src/cli/main.ts";
export const NODE_PROGRAM = "brevet.cjs";

/** What a call with cached credentials loads by `import()`: it goes into the entry's file. A test holds the list to that. */
const EVERY_CALL = [
  "src/cli/commands/credential-aws.ts",
  "src/exchanges/aws/options.ts",
  "src/outlets/credential-process/outlet.ts",
  "src/stores/key-file/key-file-guard.ts",
  "src/stores/sealed-file/choose-guard.ts",
  "src/stores/sealed-file/run-key.ts",
  "src/stores/sealed-file/sealed-file-store.ts",
];

export interface NodeBundle {
  /** The files that were written. */
  readonly files: readonly string[];
  /** esbuild's account of where each byte came from, before chunks were packed. */
  readonly metafile: esbuild.Metafile;
  /** The chunks of the metafile that lie in the entry's file. */
  readonly everyCall: readonly string[];
}

/**
 * Bundles the program into `outdir` as CommonJS chunks that `require` each other when they are first needed.
 *
 * esbuild splits ES modules only, so the first pass does that, the second translates chunk by chunk, and the third
 * puts what every call needs into one file. A plain CommonJS bundle would compile everything at start; ES modules cost
 * 4 ms more at every start on Node 20.
 */
export async function bundleForNode(entry: string, outdir: string): Promise<NodeBundle> {
  const split = await esbuild.build({
    entryPoints: { brevet: entry },
    outdir,
    bundle: true,
    splitting: true,
    // The CommonJS form of some packages (jsonc-parser) hides its imports from a bundler.
    mainFields: ["module", "main"],
    format: "esm",
    platform: "node",
    target: "node20",
    minify: true,
    outExtension: { ".js": ".cjs" },
    chunkNames: "chunks/[name]-[hash]",
    external: NATIVE_PACKAGES,
    plugins: [withoutDocumentation],
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
    write: false,
  });
  const { preamble, translate } = await chunkTranslator();
  const chunks = await Promise.all(
    split.outputFiles.map(async ({ path, text }) => ({
      path: belowFolder(outdir, path),
      code: await translate(text, basename(path)),
    })),
  );
  const everyCall = [...everyCallChunks(split.metafile, entry)];
  const packed = new Set(everyCall.map((path) => belowFolder(outdir, path)));
  const packedChunks = packChunks(chunks, NODE_PROGRAM, packed, preamble);
  const finished = await Promise.all(packedChunks.map(async ({ path, code }) => ({ path, code: await shortened(code) })));
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(join(outdir, "chunks"), { recursive: true });
  const files = finished.map((chunk) => writeChunk(outdir, chunk));
  chmodSync(join(outdir, NODE_PROGRAM), 0o755);
  return { files, metafile: split.metafile, everyCall };
}

function everyCallChunks({ outputs }: esbuild.Metafile, entry: string): ReadonlySet<string> {
  const roots = Object.entries(outputs).filter(
    ([, { entryPoint }]) => entryPoint === entry || EVERY_CALL.includes(entryPoint ?? ""),
  );
  return staticClosure(
    outputs,
    roots.map(([path]) => path),
  );
}

function belowFolder(folder: string, path: string): string {
  return relative(folder, path).replaceAll("\\", "/");
}

function writeChunk(outdir: string, { path, code }: Chunk): string {
  const file = join(outdir, path);
  writeFileSync(file, path === NODE_PROGRAM ? `#!/usr/bin/env node\n${code}` : code);
  return file;
}

/** The names of the translation are long; each file is closed, so that every name inside of its function may change. */
async function shortened(code: string): Promise<string> {
  const minified = await esbuild.transform(code, {
    format: "cjs",
    platform: "node",
    target: "node20",
    minify: true,
    logLevel: "warning",
  });
  return minified.code.replaceAll(`${EAGER}(`, "(");
}

/** What documents the code and is read by generators only; at run time it would be parsed at every call. */
const withoutDocumentation: esbuild.Plugin = {
  name: "without-documentation",
  setup(build) {
    build.onLoad({ filter: /src[\\/]core[\\/]fault-codes\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll(/\bdoc: "(?:[^"\\]|\\.)*"/g, 'doc: ""'),
      loader: "ts",
    }));
  },
};
