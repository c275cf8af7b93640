import { join } from "node:path";

/** Environment variables as they were handed to the program. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The folders and files that brevet keeps, each absolute. */
export interface Paths {
  /** JSON with comments, edited by people: `$BREVET_CONFIG`, else `config.json` in the config folder. */
  readonly configFile: string;
  /** What cannot be had again: sealed keys and sessions, the key file, what was published, records of plans. */
  readonly stateFolder: string;
  /** What can be had again: sealed credentials. */
  readonly cacheFolder: string;
  /** A folder of this login session, in memory and gone at logout; null where the system gives none. */
  readonly runtimeFolder: string | null;
}

/**
 * Where brevet keeps things: the XDG base directories on Linux, `Library` on macOS, `AppData` on Windows.
 *
 * @see XDG Base Directory Specification 0.8
 */
export function brevetPaths(environment: Environment, platform: NodeJS.Platform = process.platform): Paths {
  // Empty or relative, HOME would put keys into whatever folder this runs in.
  const home =
    absolute(environment["HOME"]) ??
    absolute(environment["USERPROFILE"]) ??
    process.getBuiltinModule("node:os").userInfo().homedir;
  const folder = (variable: string, ...fallback: readonly string[]): string =>
    join(absolute(environment[variable]) ?? join(home, ...fallback), "brevet");
  const [config, state, cache] = baseFolders(platform);
  const runtime = absolute(environment["XDG_RUNTIME_DIR"]);
  return {
    configFile: environment["BREVET_CONFIG"] || join(folder("XDG_CONFIG_HOME", ...config), "config.json"),
    stateFolder: folder(platform === "win32" ? "LOCALAPPDATA" : "XDG_STATE_HOME", ...state),
    cacheFolder: folder("XDG_CACHE_HOME", ...cache),
    runtimeFolder: runtime === null ? null : join(runtime, "brevet"),
  };
}

type FolderSteps = readonly string[];

function baseFolders(platform: NodeJS.Platform): readonly [FolderSteps, FolderSteps, FolderSteps] {
  if (platform === "darwin") {
    const library = ["Library", "Application Support"];
    return [[".config"], library, ["Library", "Caches"]];
  }
  if (platform === "win32")
    return [
      ["AppData", "Roaming"],
      ["AppData", "Local"],
      ["AppData", "Local", "Temp"],
    ];
  return [[".config"], [".local", "state"], [".cache"]];
}

/** The specification: "If an implementation encounters a relative path … it should consider the path invalid and ignore it." */
function absolute(path: string | undefined): string | null {
  return path?.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path ?? "") ? (path ?? null) : null;
}
