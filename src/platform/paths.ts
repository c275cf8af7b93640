import { join } from "node:path";
import { Fault } from "../core/fault.ts";

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
 * A place is found out when it is asked for: who types `--help` needs no home.
 *
 * @param homeOfAccount what the system's list of users says.
 * @throws {Fault} `HOME_UNKNOWN` when a place is asked for that is in the home, and nobody says where that is.
 * @see XDG Base Directory Specification 0.8
 */
export function brevetPaths(
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
  homeOfAccount: () => string = () => process.getBuiltinModule("node:os").userInfo().homedir,
): Paths {
  const folder = (variable: string, ...fallback: readonly string[]): string =>
    join(absolute(environment[variable]) ?? join(homeFolder(environment, homeOfAccount), ...fallback), "brevet");
  const [config, state, cache] = baseFolders(platform);
  return {
    get configFile() {
      return environment["BREVET_CONFIG"] || join(folder("XDG_CONFIG_HOME", ...config), "config.json");
    },
    get stateFolder() {
      return folder(platform === "win32" ? "LOCALAPPDATA" : "XDG_STATE_HOME", ...state);
    },
    get cacheFolder() {
      return folder("XDG_CACHE_HOME", ...cache);
    },
    get runtimeFolder() {
      const runtime = absolute(environment["XDG_RUNTIME_DIR"]);
      return runtime === null ? null : join(runtime, "brevet");
    },
  };
}

/**
 * Relative, HOME would put keys into whatever folder this runs in. The system is not asked then: Node would have its list of users
 * answer, and Bun repeats HOME.
 */
function homeFolder(environment: Environment, homeOfAccount: () => string): string {
  const said = absolute(environment["HOME"]) ?? absolute(environment["USERPROFILE"]);
  if (said !== null) return said;
  if (environment["HOME"]) throw homeUnknown(`HOME is "${environment["HOME"]}", no absolute path`);
  const home = absolute(unlessAbsent(homeOfAccount));
  if (home !== null) return home;
  throw homeUnknown("HOME is not set, and the system names no home for this user");
}

function homeUnknown(why: string): Fault {
  return new Fault("HOME_UNKNOWN", why, { hints: ["say where brevet may keep its files: `export HOME=/home/NAME`"] });
}

/** In a container, a user often is a number that no list of users has. */
function unlessAbsent(homeOfAccount: () => string): string | undefined {
  try {
    return homeOfAccount();
  } catch {
    return undefined;
  }
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
