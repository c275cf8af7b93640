import { posix } from "node:path";
import * as esbuild from "esbuild";

/**
 * Puts the chunks that every call needs into the entry's file, and there into one scope: on Node 20 each file that is required
 * costs about 0.25 ms, and modules that are functions with accessors for their exports cost a cached call 2 % (docs/decisions/0180).
 */

/** A chunk, as ES module or CommonJS; `path` is relative to the folder of the build, with `/`. */
export interface Chunk {
  readonly path: string;
  readonly code: string;
}

export interface PackOptions {
  /** The path of the entry. */
  readonly entry: string;
  /** The paths of the chunks that come to lie in it. */
  readonly packed: readonly string[];
  /** The names that a chunk exports. */
  readonly exportsOf: (path: string) => readonly string[];
}

/** The entry's function that gives what a chunk within it exports, by the chunk's number. */
const MEMBERS_OF = "membersOf";
const IMPORT_LINE = /^import \{ (.+) \} from "(.+)";\n/gm;
const CHUNK_REQUIRE = /\brequire\("(\.{1,2}\/[^"]+\.cjs)"\)/g;

/** @returns the entry with what is packed into it, as an ES module; all of it runs in the order in which ES modules do. */
export async function packChunks(chunks: readonly Chunk[], options: PackOptions): Promise<Chunk> {
  const { entry, packed } = options;
  const texts = new Map(chunks.map(({ path, code }) => [modular(path), code]));
  const within: esbuild.Plugin = {
    name: "within-the-entry",
    setup(build) {
      build.onResolve({ filter: /^\./ }, ({ path, importer, kind }) => {
        const target = posix.join(posix.dirname(importer), path);
        const isWithin = target === entry || packed.includes(target);
        if (isWithin && kind !== "dynamic-import") return { path: modular(target), namespace: "chunk" };
        return { path: `./${target}`, external: true, sideEffects: false };
      });
      build.onLoad({ filter: /./, namespace: "chunk" }, ({ path }) => ({ contents: texts.get(path) ?? "", loader: "js" }));
    },
  };
  const { outputFiles } = await esbuild.build({
    stdin: { contents: entryText(options), sourcefile: "pack" },
    plugins: [within],
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    minifySyntax: true,
    legalComments: "none",
    logLevel: "warning",
    write: false,
  });
  return { path: entry, code: joinImports(outputFiles[0]?.text ?? "") };
}

/** Each module that several of the packed chunks import is imported once. */
function joinImports(code: string): string {
  const members = new Map<string, string[]>();
  const rest = code.replace(IMPORT_LINE, (_, names: string, from: string) => {
    members.set(from, [...(members.get(from) ?? []), names]);
    return "";
  });
  return [...members].map(([from, names]) => `import {${names.join(",")}} from "${from}";\n`).join("") + rest;
}

/** A chunk's name while it is an ES module still; by a name in `.cjs` esbuild takes it for a CommonJS module. */
function modular(path: string): string {
  return path.replace(/cjs$/, "mjs");
}

/**
 * The entry, and what gives others the members of each chunk within it: a function for each chunk, since a cached call asks
 * for one of them only.
 */
function entryText({ entry, packed, exportsOf }: PackOptions): string {
  const lines = packed.map((path, index) => {
    const names = exportsOf(path);
    const imports = names.map((name) => `${name} as ${local(index, name)}`);
    const getters = names.map((name) => `get ${name}(){return ${local(index, name)}}`);
    return `import{${imports.join(",")}}from"./${path}";function ${MEMBERS_OF}${index}(){return{${getters.join(",")}}}`;
  });
  const cases = packed.map((_, index) => `case ${index}:return ${MEMBERS_OF}${index}();`);
  return `import"./${entry}";${lines.join("")}export function ${MEMBERS_OF}(index){switch(index){${cases.join("")}}}`;
}

function local(index: number, name: string): string {
  return `chunk${index}_${name}`;
}

/** Has a CommonJS chunk ask the entry for those that lie in it; within the entry that is a call. */
export function askEntry({ path, code }: Chunk, { entry, packed }: PackOptions): Chunk {
  const asked = (index: number): string =>
    path === entry
      ? `${MEMBERS_OF}${index}()`
      : `require("${posix.relative(posix.dirname(path), entry)}").${MEMBERS_OF}(${index})`;
  const rewired = code.replace(CHUNK_REQUIRE, (call, specifier: string) => {
    const index = packed.indexOf(posix.join(posix.dirname(path), specifier));
    return index === -1 ? call : asked(index);
  });
  return { path, code: rewired };
}

/** The chunks that the entry can come to load; esbuild also writes one for each module that is only named as an entry. */
export function reachableChunks(chunks: readonly Chunk[], entry: string): readonly Chunk[] {
  const reached = new Set([entry]);
  const byPath = new Map(chunks.map((chunk) => [chunk.path, chunk]));
  // A set that grows while it is walked is walked to its end.
  for (const path of reached) {
    for (const [, specifier = ""] of byPath.get(path)?.code.matchAll(CHUNK_REQUIRE) ?? []) {
      reached.add(posix.join(posix.dirname(path), specifier));
    }
  }
  return chunks.filter(({ path }) => reached.has(path));
}
