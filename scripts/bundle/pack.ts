import { posix } from "node:path";

/**
 * Puts the chunks that every call needs into one file: on Node 20 each file that is required costs about 0.25 ms, which
 * for the thirty chunks of a cached call is more than all the work that the call does.
 */

/** A CommonJS chunk; `path` is relative to the folder of the build, with `/`. */
export interface Chunk {
  readonly path: string;
  readonly code: string;
}

/** Longer than any name that the minifier gives, so that no chunk has a variable of that name. */
const LOADER = "loadChunk";
/**
 * Marks a function that surely runs; the last step puts plain parentheses in its place, which the minifier would take
 * away. V8 compiles a function in parentheses at once instead of reading it twice.
 */
export const EAGER = "compileEagerly";
const CHUNK_REQUIRE = /\brequire\("(\.{1,2}\/[^"]+\.cjs)"\)/g;

/**
 * The chunks after packing: the entry, which now holds `packed` too, and every chunk that is in a file of its own.
 *
 * A chunk runs when it is first asked for, and once, wherever it lies: in the pack each is a function, and the entry
 * exports the one that runs them.
 */
export function packChunks(
  chunks: readonly Chunk[],
  entry: string,
  packed: ReadonlySet<string>,
  preamble: string,
): readonly Chunk[] {
  const inPack = chunks.filter(({ path }) => packed.has(path) || path === entry);
  const number = new Map(inPack.map(({ path }, index) => [path, index]));
  const rewrite = ({ path, code }: Chunk, loader: string): string =>
    code.replace(CHUNK_REQUIRE, (call, specifier: string) => {
      const target = posix.join(posix.dirname(path), specifier);
      const index = number.get(target);
      if (index !== undefined) return `${loader}(${index})`;
      return loader === LOADER ? `require("./${posix.relative(posix.dirname(entry), target)}")` : call;
    });
  const functions = inPack.map((chunk) => `${EAGER}(function(exports,module){${rewrite(chunk, LOADER)}\n})`);
  const run = `const loaded=[],${LOADER}=index=>{let chunk=loaded[index];if(chunk===void 0){chunk=loaded[index]={exports:{}};chunks[index](chunk.exports,chunk)}return chunk.exports};`;
  const pack = `${run}const chunks=[${functions.join(",")}];module.exports=${LOADER};${LOADER}(${number.get(entry)});`;
  const loaderOf = (path: string): string => `require("${posix.relative(posix.dirname(path), entry)}")`;
  return [
    { path: entry, code: `"use strict";${preamble}${pack}\n` },
    ...chunks
      .filter(({ path }) => !number.has(path))
      .map((chunk) => ({
        path: chunk.path,
        code: `"use strict";${preamble}(()=>{${rewrite(chunk, loaderOf(chunk.path))}\n})();`,
      })),
  ];
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
