import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { bunProgram } from "./bun-program.ts";
import { unsignedPages } from "./mach-o-signature.ts";
import { fileOfPackage } from "./npm-package.ts";
import { executableFormat, executableName, ownTarget, type Target } from "./targets.ts";

/** Where the executables are put. */
export const BIN = "build/bin";

/** By what the thresholds of the just-in-time compilers are multiplied; a command that runs for long sets it back to 1. */
const JIT_PATIENCE = 20;

/**
 * Builds the standalone executable of one target.
 *
 * @param bytecodeOrder files that say which functions' bytecode is to lie together, the most important one first.
 * @returns its path.
 * @throws {Error} when the artifact lacks its own native part or holds another target's.
 */
export function buildExecutable(entry: string, target: Target, bytecodeOrder: readonly string[]): string {
  const outfile = join(BIN, executableName(target));
  compileExecutable(entry, target, { outfile, metafile: `build/executable-metafile-${target.name}.json`, bytecodeOrder });
  const complaints = inspectExecutable(readFileSync(outfile), target);
  if (complaints.length > 0) throw new Error(`${outfile}: ${complaints.join("; ")}`);
  return outfile;
}

/** Compiles a program as the executable is compiled: brevet itself, or a test that has to see what its runtime does. */
export function compileExecutable(
  entry: string,
  target: Target,
  files: { readonly outfile: string; readonly metafile: string; readonly bytecodeOrder: readonly string[] },
): void {
  const { outfile, metafile, bytecodeOrder } = files;
  const keychain = resolve(fileOfPackage(target.keychainPackage, target.keychainFile));
  const base =
    target === ownTarget() ? [] : [`--compile-executable-path=${resolve(fileOfPackage(target.basePackage, target.baseFile))}`];
  mkdirSync(dirname(outfile), { recursive: true });
  execFileSync(
    bunProgram(),
    [
      "build",
      // Names stay: of an import() of CommonJS Bun 1.4 makes `.then((m) => __toESM(m.default))`, and may call __toESM m as well.
      // Those of classes too: by them the OpenID provider finds how long its tokens live.
      ...["--compile", "--minify-syntax", "--minify-whitespace", "--keep-names", "--bytecode", "--format=esm", "--splitting"],
      // Each chunk costs a call a tenth of a millisecond: the small ones of a fetching call go into larger ones.
      "--min-chunk-size=1024",
      // A folder that somebody else wrote must not configure us: Bun would read its .env, and run what its bunfig.toml preloads.
      ...["--no-compile-autoload-dotenv", "--no-compile-autoload-bunfig"],
      ...["--no-compile-autoload-tsconfig", "--no-compile-autoload-package-json"],
      // With an argument of its own, whatever it is, the runtime starts in a working folder that was removed too.
      "--compile-exec-argv=--no-deprecation",
      // A call ends before compiled code has paid for itself: without this the compilers' threads take a quarter of its time.
      `--compile-jit-policy=${JIT_PATIENCE}`,
      ...bytecodeOrder.map((file) => `--bytecode-order=${file}`),
      `--target=${target.bunTarget}`,
      ...base,
      // The loader of @napi-rs/keyring asks for this first; as a constant it is the one native part that Bun embeds.
      ...["--define", `process.env.NAPI_RS_NATIVE_LIBRARY_PATH=${JSON.stringify(keychain)}`],
      // The executable has Bun's own SQLite; libsql's loader looks for its native part in folders. pg works without pg-native.
      ...["--external=libsql", "--external=pg-native"],
      `--tsconfig-override=${koffiPaths(target)}`,
      `--metafile=${metafile}`,
      entry,
      `--outfile=${outfile}`,
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
}

/**
 * Leads `import("koffi")` to the one native part of the target: koffi's own loader looks for it in folders, and inside of an
 * executable there are none.
 *
 * @returns the path of a tsconfig that says so.
 */
function koffiPaths(target: Target): string {
  const folder = resolve("build", "native", `koffi-${target.name}`);
  const loader = join(folder, "koffi.cjs");
  const part = resolve(fileOfPackage(target.koffiPackage, target.koffiFile));
  mkdirSync(folder, { recursive: true });
  writeFileSync(loader, `module.exports = require(${JSON.stringify(part)});\n`);
  const tsconfig = join(folder, "tsconfig.json");
  writeFileSync(tsconfig, JSON.stringify({ compilerOptions: { paths: { koffi: [loader] } } }));
  return tsconfig;
}

/** What is wrong with an executable: it is of another platform, would be killed there, lacks its own native part, or holds another's. */
export function inspectExecutable(bytes: Buffer, target: Target): readonly string[] {
  const complaints: string[] = [];
  const format = executableFormat(bytes);
  if (format !== target.format) complaints.push(`is ${format} and not ${target.format}`);
  for (const [name, file] of [
    [target.keychainPackage, target.keychainFile],
    [target.koffiPackage, target.koffiFile],
  ] as const) {
    const part = readFileSync(fileOfPackage(name, file));
    if (executableFormat(part) !== target.format) complaints.push(`its native part ${file} is ${executableFormat(part)}`);
    if (!bytes.includes(part)) complaints.push(`lacks ${file}`);
  }
  if (format.startsWith("mach-o")) {
    const pages = unsignedPages(bytes);
    if (pages !== 0) complaints.push(pages === null ? "has no signature" : `has ${pages} pages that its signature does not fit`);
  }
  // Every embedded file is named in the executable's own file system.
  for (const name of bytes.toString("latin1").matchAll(/\/(?:\$bunfs|~BUN)\/root\/(keyring\.[a-z0-9-]+?)-[a-z0-9]{8}\.node/g)) {
    if (`${name[1]}.node` !== target.keychainFile) complaints.push(`holds ${name[1]}.node`);
  }
  return complaints;
}
