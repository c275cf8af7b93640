import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, isAbsolute, join, relative, sep } from "node:path";
import type { Environment } from "../paths.ts";

/** How this program was started, as another program would have to start it again. */
export interface OwnProgram {
  /** The executable, absolute: brevet itself, or Node. */
  readonly executable: string;
  /** The script that Node runs, absolute; null when the executable is brevet itself. */
  readonly script: string | null;
  /** Folders that are emptied now and then, absolute. */
  readonly temporaryFolders: readonly string[];
}

/** Inside of a standalone executable, files lie below a root that no file system has. */
const INSIDE_EXECUTABLE = /^(\/\$bunfs|[A-Z]:[\\/]~BUN)/;

/**
 * What runs now, by paths that outlive an update: package managers move a program to a folder of its version and leave a link
 * on the PATH (`/opt/homebrew/bin/node`), and Node tells only where that link leads.
 */
export function ownProgram(environment: Environment): OwnProgram {
  const temporaryFolders = temporary(environment);
  const executable = linkOnPath(process.execPath, environment, temporaryFolders) ?? process.execPath;
  return { executable, script: ownScript(), temporaryFolders };
}

function ownScript(): string | null {
  const script = process.argv[1] ?? "";
  return INSIDE_EXECUTABLE.test(script) ? null : script;
}

/** The words that start this same program again, before those of a command. They name what runs now, not what is on the PATH. */
export function ownWords(): readonly [string, ...string[]] {
  const script = ownScript();
  return script === null ? [process.execPath] : [process.execPath, ...process.execArgv, script];
}

/** The first entry of the PATH that is this program under its own name, outside of folders that do not last. */
function linkOnPath(program: string, environment: Environment, temporaryFolders: readonly string[]): string | null {
  const folders = (environment["PATH"] ?? environment["Path"] ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  // fnm gives each shell a folder of links of its own, and removes it later.
  const lasting = folders.filter(
    (folder) => !folder.includes("fnm_multishells") && !temporaryFolders.some((top) => isIn(folder, top)),
  );
  const target = resolved(program);
  return (
    lasting.map((folder) => join(folder, basename(program))).find((path) => target !== null && resolved(path) === target) ?? null
  );
}

function isIn(folder: string, top: string): boolean {
  const steps = relative(top, folder);
  return !isAbsolute(steps) && steps.split(sep)[0] !== "..";
}

function temporary(environment: Environment): readonly string[] {
  const own = [tmpdir(), environment["TMPDIR"], environment["TEMP"], environment["XDG_RUNTIME_DIR"]];
  const fixed =
    process.platform === "win32" ? [] : ["/tmp", "/var/tmp", "/private/tmp", "/private/var/folders", "/run/user", "/dev/shm"];
  const named = [...own, ...fixed].filter((folder): folder is string => folder !== undefined && isAbsolute(folder));
  return [...new Set(named.flatMap((folder) => [folder, resolved(folder) ?? folder]))].filter((folder) => folder !== "/");
}

function resolved(path: string): string | null {
  try {
    // The system's own: it knows the short names of Windows (`C:\Users\ANNLEE~1`), by which TEMP may be told.
    return realpathSync.native(path);
  } catch {
    return null;
  }
}
