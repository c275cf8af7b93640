import { posix, sep, win32 } from "node:path";
import { Fault } from "../core/fault.ts";
import { setCommand } from "../core/shell-variables.ts";

/** Environment variables as they were handed to the program. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The folders and files that brevet keeps, each absolute. */
export interface Paths {
  /** JSON with comments, edited by people: `$BREVET_CONFIG`, else `config.json` in the config folder. */
  readonly configFile: string;
  /** What cannot be replaced: sealed keys and sessions, the key file, what was published, records of plans. */
  readonly stateFolder: string;
  /** What can be got again: sealed credentials. */
  readonly cacheFolder: string;
  /** A folder of this login session, in memory and gone at logout; null where the system gives none. */
  readonly runtimeFolder: string | null;
}

/**
 * Where brevet keeps things: the XDG base directories on Linux, `Library` on macOS, `AppData` on Windows, whose variables know where an
 * organisation has put it.
 *
 * A place is looked up when it is asked for: `--help` needs no home.
 *
 * @param homeOfAccount what the system's list of users says.
 * @throws {Fault} `HOME_UNKNOWN` for a place in the home if neither the environment nor the system says where the home is.
 * @see XDG Base Directory Specification 0.8
 */
export function brevetPaths(
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
  homeOfAccount: () => string = () => process.getBuiltinModule("node:os").userInfo().homedir,
): Paths {
  const rules = platform === "win32" ? WINDOWS : POSIX;
  const joined = (...names: readonly string[]): string => names.join(rules.separator);
  const said = (variable: string): string | null => absolute(environment[variable], rules);
  const folder = (xdg: string, { variable, inHome, below = [] }: BaseFolder): string => {
    const given = said(xdg);
    if (given !== null) return joined(given, "brevet");
    const base = variable === undefined ? null : said(variable);
    return joined(base ?? joined(homeFolder(environment, rules, homeOfAccount), ...inHome), ...below, "brevet");
  };
  let stateFolder: string | null = null;
  const [config, state, cache] = platform === "win32" ? ON_WINDOWS : platform === "darwin" ? ON_MACOS : ON_LINUX;
  return {
    get configFile() {
      return environment["BREVET_CONFIG"] || joined(folder("XDG_CONFIG_HOME", config), "config.json");
    },
    get stateFolder() {
      stateFolder ??= folder("XDG_STATE_HOME", state);
      return stateFolder;
    },
    get cacheFolder() {
      return folder("XDG_CACHE_HOME", cache);
    },
    get runtimeFolder() {
      const runtime = said("XDG_RUNTIME_DIR");
      return runtime === null ? null : joined(runtime, "brevet");
    },
  };
}

/**
 * Relative, HOME would put keys into whatever folder this runs in. The system is not asked then: Node would have its list of users
 * answer, and Bun repeats HOME.
 */
function homeFolder(environment: Environment, rules: PathRules, homeOfAccount: () => string): string {
  const said = absolute(environment["HOME"], rules) ?? absolute(environment["USERPROFILE"], rules);
  if (said !== null) return said;
  if (environment["HOME"]) throw homeUnknown(`HOME is "${environment["HOME"]}", no absolute path`, rules);
  const home = absolute(unlessAbsent(homeOfAccount), rules);
  if (home !== null) return home;
  throw homeUnknown("HOME is not set, and the system names no home for this user", rules);
}

function homeUnknown(why: string, { home, platform }: PathRules): Fault {
  const hint = `say where brevet may keep its files: \`${setCommand({ HOME: home }, platform)}\``;
  return new Fault("HOME_UNKNOWN", why, { hints: [hint] });
}

/** In a container, a user often is a number that no list of users has. */
function unlessAbsent(homeOfAccount: () => string): string | undefined {
  try {
    return homeOfAccount();
  } catch {
    return undefined;
  }
}

/** A folder that programs share: where a variable says, else in the home. */
interface BaseFolder {
  /** A variable that names it, besides the one of XDG. */
  readonly variable?: string;
  readonly inHome: readonly string[];
  readonly below?: readonly string[];
}

/** Of the config, the state and the cache. */
type BaseFolders = readonly [BaseFolder, BaseFolder, BaseFolder];

const ON_LINUX: BaseFolders = [{ inHome: [".config"] }, { inHome: [".local", "state"] }, { inHome: [".cache"] }];
const ON_MACOS: BaseFolders = [
  { inHome: [".config"] },
  { inHome: ["Library", "Application Support"] },
  { inHome: ["Library", "Caches"] },
];
const LOCAL: BaseFolder = { variable: "LOCALAPPDATA", inHome: ["AppData", "Local"] };
const ON_WINDOWS: BaseFolders = [{ variable: "APPDATA", inHome: ["AppData", "Roaming"] }, LOCAL, { ...LOCAL, below: ["Temp"] }];

/** How a system writes paths. */
interface PathRules {
  readonly separator: string;
  /** The path without `.`, `..` and a separator at its end, so that a root is an empty text; null if it is relative. */
  absolute(path: string): string | null;
  /** A home as a hint shows it, and the system whose shell it is typed into. */
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

const POSIX: PathRules = {
  separator: posix.sep,
  home: "/home/NAME",
  platform: "linux",
  absolute: (path) => {
    if (!path.startsWith("/")) return null;
    const mayHaveDetours = path.endsWith("/") || path.includes("//") || path.includes("/.");
    return mayHaveDetours ? withoutEnd(posix.resolve(path), posix.sep) : path;
  },
};

const WINDOWS: PathRules = {
  separator: win32.sep,
  home: "C:\\Users\\NAME",
  platform: "win32",
  // It has to begin with a drive or a share: `/x` means another file on each drive.
  absolute: (path) => {
    const isWhole = /^([A-Za-z]:[\\/]|[\\/]{2}[^\\/]+[\\/]+[^\\/]+)/.test(path);
    return isWhole ? withoutEnd(win32.resolve(path), win32.sep) : null;
  },
};

/** Without this, a path joined to a root would begin with two separators. */
function withoutEnd(path: string, separator: string): string {
  return path.endsWith(separator) ? path.slice(0, -1) : path;
}

/** The specification: "If an implementation encounters a relative path … it should consider the path invalid and ignore it." */
function absolute(path: string | undefined, rules: PathRules): string | null {
  return path === undefined ? null : rules.absolute(path);
}

/**
 * A path below one of these folders. The names are our own and contain no `..`, so nothing has to be normalized. Node's `join` would
 * look at every character, in a loop that becomes hot enough in a cached call for V8 to compile it.
 */
export function below(folder: string, ...names: readonly string[]): string {
  return [folder, ...names].join(sep);
}
