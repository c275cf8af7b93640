import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, posix, relative } from "node:path";
import * as esbuild from "esbuild";
import { withClassNames } from "./class-names.ts";
import { withCodeCache } from "./code-cache.ts";
import { type ChunkNature, chunkTranslator } from "./common-js.ts";
import { EVERY_CALL } from "./every-call.ts";
import { askEntry, type Chunk, packChunks, reachableChunks } from "./pack.ts";

/** Packages that stay outside of the bundle: they hold native code, and npm installs the part that fits the machine. */
const NATIVE_PACKAGES = ["@napi-rs/keyring", "koffi", "libsql"];

/** What only Bun has, and what pg asks for in case it is there. */
const ABSENT = ["bun:sqlite", "pg-native"];

/** The entry of the program, and the file that npm links as `brevet`. */
export const ENTRY = "src/cli/main.ts";
export const NODE_PROGRAM = "brevet.cjs";

/** Modules of packages that are worth a chunk of their own: a call that only reads the config needs no editor of it. */
const SPLIT_PACKAGES = /node_modules\/jsonc-parser\/lib\/esm\/.*\.js$/;

/** What knows every command and every kind. */
const COMMAND_LINE = /^src\/cli\//;

export interface NodeBundle {
  /** The files that were written. */
  readonly files: readonly string[];
  /** esbuild's account of where each byte came from, before chunks were packed. */
  readonly metafile: esbuild.Metafile;
  /** The chunks of the metafile that lie in the entry's file. */
  readonly everyCall: readonly string[];
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

const BUNDLING = {
  bundle: true,
  // The CommonJS form of some packages (jsonc-parser) hides its imports from a bundler.
  mainFields: ["module", "main"],
  format: "esm",
  platform: "node",
  target: "node20",
  minify: true,
  outExtension: { ".js": ".cjs" },
  external: [...NATIVE_PACKAGES, ...ABSENT],
  plugins: [withoutDocumentation, withClassNames],
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  write: false,
} as const satisfies esbuild.BuildOptions;

/**
 * Bundles the program into `outdir` as CommonJS chunks, one for each module, that run when they are first used.
 *
 * esbuild splits ES modules only, so the first pass does that, the second puts what every call needs into the entry, and the third
 * translates chunk by chunk. A plain CommonJS bundle would compile everything at start; ES modules cost 4 ms more at every start on
 * Node 20.
 */
export async function bundleForNode(entry: string, outdir: string): Promise<NodeBundle> {
  const modules = await modulesBehind(entry);
  const split = await esbuild.build({
    ...BUNDLING,
    entryPoints: [{ in: entry, out: "brevet" }, ...modules.map((path) => ({ in: path, out: `chunks/${chunkName(path)}` }))],
    outdir,
    splitting: true,
    chunkNames: "chunks/shared-[hash]",
  });
  const separate = split.outputFiles.map(({ path, text }) => ({ path: belowFolder(outdir, path), code: text }));
  const facts = chunkFacts(split.metafile, outdir);
  const packed = separate
    .map(({ path }) => path)
    .filter((path) => facts.inputs(path).some((input) => EVERY_CALL.includes(input)));
  const packing = { entry: NODE_PROGRAM, packed, exportsOf: facts.exports };
  const inEntry = [NODE_PROGRAM, ...packed];
  const { translate } = await chunkTranslator();
  const translated = async ({ path, code }: Chunk, madeFrom: readonly string[]): Promise<Chunk> => {
    return { path, code: await translate(code, posix.basename(path), natureOf(path, madeFrom, facts)) };
  };
  const chunks = await Promise.all([
    translated(await packChunks(separate, packing), inEntry),
    ...separate.filter(({ path }) => !inEntry.includes(path)).map((chunk) => translated(chunk, [chunk.path])),
  ]);
  const asking = reachableChunks(chunks, NODE_PROGRAM).map((chunk) => askEntry(chunk, packing));
  const finished = await Promise.all(asking.map(async ({ path, code }) => ({ path, code: await shortened(code) })));
  mkdirSync(join(outdir, "chunks"), { recursive: true });
  // The entry last: a program that starts meanwhile is the old one or the new one, with the chunks that it names.
  const [entryChunk, ...others] = finished;
  if (entryChunk === undefined) throw new Error(`${entry} gave no chunk`);
  const files = [...withCodeCache(entryChunk), ...others].reverse().map((chunk) => writeChunk(outdir, chunk));
  removeOthers(outdir, new Set(files));
  return { files, metafile: split.metafile, everyCall: packed.map((path) => posix.join(outdir, path)) };
}

/** What esbuild says of a chunk; paths are relative to the folder of the build. */
interface ChunkFacts {
  /** The sources that it was made from. */
  inputs(path: string): readonly string[];
  exports(path: string): readonly string[];
  /** The chunks that it loads by `import()`. */
  laterImports(path: string): readonly string[];
}

function chunkFacts({ outputs }: esbuild.Metafile, outdir: string): ChunkFacts {
  const output = (path: string): esbuild.Metafile["outputs"][string] | undefined => outputs[posix.join(outdir, path)];
  return {
    inputs: (path) => Object.keys(output(path)?.inputs ?? {}),
    exports: (path) => output(path)?.exports ?? [],
    laterImports: (path) =>
      (output(path)?.imports ?? [])
        .filter(({ kind }) => kind === "dynamic-import")
        .map((imported) => posix.relative(outdir, imported.path)),
  };
}

/** @param madeFrom the chunks that it was made from: itself, or what was packed into the entry. */
function natureOf(path: string, madeFrom: readonly string[], { inputs, laterImports }: ChunkFacts): ChunkNature {
  const isOf = (chunk: string, what: RegExp): boolean => inputs(chunk).some((input) => what.test(input));
  const putOff = madeFrom.filter((part) => !isOf(part, COMMAND_LINE)).flatMap(laterImports);
  const target = (specifier: string): string => posix.join(posix.dirname(path), specifier);
  return {
    putsOff: (specifier) => putOff.includes(target(specifier)),
  };
}

function chunkName(path: string): string {
  return path.replace(/^src\/|^node_modules\/|\.[jt]s$/g, "").replaceAll("/", ".");
}

/** Every module of ours that the program can reach: each becomes a chunk of its own, so that each can be left out of a call. */
async function modulesBehind(entry: string): Promise<readonly string[]> {
  const { metafile } = await esbuild.build({ ...BUNDLING, entryPoints: [entry], outdir: "never-written" });
  return Object.keys(metafile.inputs)
    .filter((path) => (/^src\/.*\.ts$/.test(path) || SPLIT_PACKAGES.test(path)) && path !== entry)
    .sort();
}

function belowFolder(folder: string, path: string): string {
  return relative(folder, path).replaceAll("\\", "/");
}

function writeChunk(outdir: string, { path, code }: Chunk): string {
  const file = join(outdir, path);
  const written = `${file}.${process.pid}`;
  const isEntry = path === NODE_PROGRAM;
  writeFileSync(written, isEntry ? `#!/usr/bin/env node\n${code}` : code, { mode: isEntry ? 0o755 : 0o644 });
  renameSync(written, file);
  return file;
}

function removeOthers(outdir: string, files: ReadonlySet<string>): void {
  for (const entry of readdirSync(outdir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !files.has(path)) rmSync(path, { force: true });
  }
}

/** The names of the translation are long; each file is closed, so that every name inside of its function may change. */
async function shortened(code: string): Promise<string> {
  const minified = await esbuild.transform(code, {
    format: "cjs",
    platform: "node",
    target: "node20",
    minify: true,
    treeShaking: true,
    logLevel: "warning",
  });
  return minified.code;
}
