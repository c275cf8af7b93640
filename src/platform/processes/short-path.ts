import { execFileSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { windowsTool } from "./windows-tool.ts";

/** What the readers of a command in a configuration would have to be told by quotes. */
const NEEDS_QUOTES = /[^A-Za-z0-9_@+:.~\\/-]/;

/**
 * The path of a file by the short names that Windows keeps beside those with spaces (`C:\PROGRA~1`); as it is where it needs none, where
 * the volume keeps none, and on every other system.
 *
 * @see https://learn.microsoft.com/windows-server/administration/windows-commands/for, `%~s`
 */
export function shortPath(path: string): string {
  if (process.platform !== "win32" || !NEEDS_QUOTES.test(path)) return path;
  try {
    const words = ["/d", "/s", "/c", `"for %I in ("${path}") do @echo %~sI"`];
    const options = { encoding: "latin1", timeout: 5000, windowsHide: true, windowsVerbatimArguments: true } as const;
    const short = execFileSync(windowsTool("cmd.exe"), words, { ...options, stdio: ["ignore", "pipe", "ignore"] }).trim();
    // Of a path with a percent sign, or with letters of another code page, cmd says something else.
    return realpathSync.native(short) === realpathSync.native(path) ? short : path;
  } catch {
    return path;
  }
}
