import type { Environment } from "../paths.ts";

/**
 * What every program is given: where programs, files and this login session are, the language, the terminal. Nothing else is
 * passed unasked: environments hold credentials and tokens, which were not given to a signer.
 */
const ALWAYS = [
  ...["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TERM"],
  ...["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY"],
  ...["SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "PATHEXT", "COMSPEC", "TEMP", "TMP"],
  ...["USERNAME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA"],
];

/** The environment of an external signer: the short list, and the variables that the config names. */
export function scrubbedEnvironment(environment: Environment, asked: readonly string[]): Environment {
  const wanted = new Set([...ALWAYS, ...asked].map(foldCase));
  return Object.fromEntries(Object.entries(environment).filter(([name]) => wanted.has(foldCase(name))));
}

/** Windows knows no case in names: `Path` is `PATH`. */
function foldCase(name: string): string {
  return process.platform === "win32" ? name.toUpperCase() : name;
}
