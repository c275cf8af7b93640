/*
 * Windows looks for programs and libraries in the working folder before it looks on the PATH, and that folder may be anybody's: a
 * repository with a `reg.exe` in it.
 *
 * @see https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-needcurrentdirectoryforexepathw
 * @see https://learn.microsoft.com/windows/win32/dlls/dynamic-link-library-search-order
 */

/** In the environment of a program that looks for others, it has these looked for on the PATH alone. */
export const PATH_ALONE = { NoDefaultCurrentDirectoryInExePath: "1" } as const;

/** The path of a program or a library that Windows brings. */
export function windowsTool(name: string): string {
  return `${process.env["SystemRoot"] ?? "C:\\Windows"}\\System32\\${name}`;
}
