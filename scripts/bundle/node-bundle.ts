import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as esbuild from "esbuild";

/** Packages that stay outside of the bundle: they hold native code, and npm installs the part that fits the machine. */
const NATIVE_PACKAGES = ["@napi-rs/keyring"];

/** The entry of the program, and the file that npm links as `brevet`. */
export const ENTRY = "src/cli/main.ts";
export const NODE_PROGRAM = "brevet.cjs";

/** `import.meta` has no meaning in CommonJS; each chunk that names it gets the same values from Node's own variables. */
const IMPORT_META = {
  "import.meta.url": "import_meta_url",
  "import.meta.dirname": "__dirname",
  "import.meta.filename": "__filename",
};

/** Where esbuild found each byte: its metafile, with outputs named as they lie in the folder of the build. */
export interface NodeBundle {
  readonly files: readonly string[];
  readonly metafile: esbuild.Metafile;
}

/**
 * Bundles the program into `outdir` as CommonJS chunks that `require` each other when they are first needed.
 *
 * esbuild splits ES modules only, so the first pass does that and the second translates chunk by chunk. A plain
 * CommonJS bundle would load everything at start; ES modules cost 4 ms more at every start on Node 20.
 */
export async function bundleForNode(entry: string, outdir: string): Promise<NodeBundle> {
  const split = await esbuild.build({
    entryPoints: { brevet: entry },
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    minify: true,
    outExtension: { ".js": ".cjs" },
    chunkNames: "chunks/[name]-[hash]",
    external: NATIVE_PACKAGES,
    loader: { ".node": "empty" },
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
    write: false,
  });
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(join(outdir, "chunks"), { recursive: true });
  for (const output of split.outputFiles) writeFileSync(output.path, await asCommonJs(output.text, basename(output.path)));
  chmodSync(join(outdir, NODE_PROGRAM), 0o755);
  return { files: split.outputFiles.map((output) => output.path), metafile: split.metafile };
}

async function asCommonJs(source: string, name: string): Promise<string> {
  const [shebang, text] = source.startsWith("#!") ? splitFirstLine(source) : ["", source];
  const translated = await esbuild.transform(text, {
    sourcefile: name,
    format: "cjs",
    platform: "node",
    target: "node20",
    minify: true,
    supported: { "dynamic-import": false },
    define: IMPORT_META,
    logLevel: "warning",
  });
  const url = translated.code.includes(IMPORT_META["import.meta.url"])
    ? `const ${IMPORT_META["import.meta.url"]}=require("node:url").pathToFileURL(__filename).href;`
    : "";
  const interpreter = name === NODE_PROGRAM ? "#!/usr/bin/env node\n" : shebang;
  return `${interpreter}${url}${translated.code}`;
}

function splitFirstLine(text: string): readonly [string, string] {
  const end = text.indexOf("\n") + 1;
  return [text.slice(0, end), text.slice(end)];
}
