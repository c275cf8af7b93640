import * as esbuild from "esbuild";

/** Translates a chunk that esbuild split off from ES module to CommonJS, where what it imports runs when it is first used. */

/** `import.meta` has no meaning in CommonJS; a chunk that names it gets the same values from Node's own variables. */
const IMPORT_META = {
  "import.meta.url": "importMetaUrl",
  "import.meta.dirname": "__dirname",
  "import.meta.filename": "__filename",
};

const TRANSLATION: esbuild.TransformOptions = {
  format: "cjs",
  platform: "node",
  target: "node20",
  minifyWhitespace: true,
  minifySyntax: true,
  supported: { "dynamic-import": false },
  define: IMPORT_META,
  logLevel: "warning",
};

/** A module of Node of which a chunk uses members by name; those that Node has loaded before us cost nothing. */
const BUILTIN_REQUIRE = /=require\("(node:(?!fs"|path"|util")[\w/]+)"\)/g;
/** Another chunk, of which members are used by name: `import_files=require("./platform.files.cjs")`. */
const CHUNK_IMPORT = /\b(import_[\w$]+)=require\("(\.{1,2}\/[^"]+)"\)/g;
/**
 * Another chunk that esbuild wants evaluated in the order of the source. Ours have no effects when they are imported. The one package that
 * has some, reflect-metadata, is loaded by an `import()` before the code that needs it.
 */
const BARE_IMPORT = /(?<=^|[;}\n])import"\.{1,2}\/[^"]+";/g;
/** An `import()` of a chunk. */
const CHUNK_LATER = /(?<=\bPromise\.resolve\(\)\.then\(\(\)=>__toESM\()require\("(\.{1,2}\/[^"]+)"\)/g;
const OWN_EXPORTS = /var (\w+_exports)=\{\};__export\(\1,(\{[^{}]*\})\);module\.exports=__toCommonJS\(\1\);/;
const EXPORT_NOTE = /0&&\(module\.exports=\{[\w,$]*\}\);\s*$/;

/** What has to be known of the modules that a chunk was made from. */
export interface ChunkNature {
  /** Whether the `import()` of another chunk puts off what may be needed later; the others choose a command or a kind. */
  readonly putsOff: (path: string) => boolean;
}

/**
 * What every file of the build begins with: esbuild's own helpers, and the one that defers a module of Node until a
 * member of it is used: `node:crypto` costs 2.5 ms to load, `node:tty` as much, and many calls use neither. What is put off and lies in a file of
 * ours is noted for `platform/deferred-code.ts`.
 */
export interface ChunkTranslator {
  /** @returns a program that begins with those helpers, and is closed: its names may change. */
  translate(source: string, name: string, nature: ChunkNature): Promise<string>;
}

export async function chunkTranslator(): Promise<ChunkTranslator> {
  const helpers = await esbuildHelpers();
  const definition = [...helpers].map(([name, value]) => `${name}=${value}`);
  const repeated = new RegExp(`^(?:var (?:(?:${definition.map(escaped).join("|")}),?)+;)+`);
  const preamble = [
    `const ${definition.join(",")};`,
    "const loadOnce=load=>{let found;const use=()=>found??(found=load());(globalThis.brevetDeferred??=[]).push(use);return use};",
    "const loadLazily=name=>{let found;return new Proxy({},{get:(_,member)=>(found??=require(name))[member]})};",
  ];
  return {
    async translate(source, name, { putsOff }) {
      const needed = source.replace(/^#!.*\n/, "").replace(BARE_IMPORT, "");
      const { code } = await esbuild.transform(needed, { ...TRANSLATION, sourcefile: name });
      const url = IMPORT_META["import.meta.url"];
      const body = code
        .replace(repeated, "")
        .replace(OWN_EXPORTS, (_, __, members: string) => `${marked(members)}__export(exports,${members});`)
        .replace(EXPORT_NOTE, "")
        .replace(BUILTIN_REQUIRE, (_, module: string) => `=loadLazily("${module}")`);
      const lazy = deferImports(noteImports(body, putsOff));
      const own = lazy.includes(url) ? `const ${url}=require("node:url").pathToFileURL(__filename).href;` : "";
      return `"use strict";${preamble.join("")}(()=>{${own}${lazy}\n})();`;
    },
  };
}

/** Who imports the `default` of a module without this mark gets the module itself. */
function marked(members: string): string {
  return /[{,]default:/.test(members) ? '__defProp(exports,"__esModule",{value:!0});' : "";
}

/** Has each imported chunk run when a member of it is first used. */
function deferImports(code: string): string {
  const names = [...code.matchAll(CHUNK_IMPORT)].map(([, name = ""]) => name);
  const deferred = code.replace(CHUNK_IMPORT, (_, name: string, path: string) => `${name}=loadOnce(()=>require("${path}"))`);
  return names.reduce(
    (text, name) => text.replaceAll(new RegExp(`\\b${escaped(name)}\\.([\\w$]+)`, "g"), `(${name}().$1)`),
    deferred,
  );
}

/** Has each chunk of an `import()` be noted like those that are imported at the top. */
function noteImports(code: string, putsOff: (path: string) => boolean): string {
  const loads: string[] = [];
  const noted = code.replace(CHUNK_LATER, (load: string, path: string) =>
    putsOff(path) ? `later${loads.push(`later${loads.length}=loadOnce(()=>${load})`) - 1}()` : load,
  );
  return loads.length === 0 ? code : `const ${loads.join(",")};${noted}`;
}

/** The text of each helper that esbuild puts at the head of a CommonJS module, by its name, as this esbuild prints it. */
async function esbuildHelpers(): Promise<ReadonlyMap<string, string>> {
  const names = ["create", "defProp", "getOwnPropDesc", "getOwnPropNames", "getProtoOf", "hasOwnProp"];
  const functions = ["export", "copyProps", "toESM", "toCommonJS"];
  const { code } = await esbuild.transform('import whole from "x";export{whole};', TRANSLATION);
  const all = [...names, ...functions].map((name) => `__${name}`);
  const head = code.slice(0, code.search(/var stdin_exports|var \w+_exports=/));
  const values = new Function(`${head}return[${all.join(",")}]`)() as readonly unknown[];
  return new Map(
    all.map((name, index) => {
      const value = values[index];
      const native = new RegExp(`\\b${name}=(Object\\.[\\w.]+)`).exec(head)?.[1];
      return [name, native ?? String(value)];
    }),
  );
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
