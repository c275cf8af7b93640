import { win32 } from "node:path";
import type { Environment } from "../../platform/paths.ts";
import type { EnvSyntax } from "./syntaxes.ts";

/** What people call a shell or a form, and the syntax that it reads. */
const SYNTAX_OF: Readonly<Record<string, EnvSyntax>> = {
  sh: "posix",
  bash: "posix",
  zsh: "posix",
  fish: "fish",
  powershell: "powershell",
  pwsh: "powershell",
  cmd: "cmd",
  dotenv: "dotenv",
  json: "json",
};

/** The names that {@link syntaxOf} knows. */
export const SHELL_NAMES: readonly string[] = Object.keys(SYNTAX_OF);

/** The syntax by the name of its reader; null for a name that is not known. */
export function syntaxOf(shell: string): EnvSyntax | null {
  return SYNTAX_OF[shell] ?? null;
}

/**
 * The syntax of the shell that will most likely read the output. `$SHELL` names the login shell, not the one that runs, so
 * this is a default that `--shell` overrides. On Windows nothing tells PowerShell from cmd; PowerShell is what it opens.
 */
export function guessSyntax(environment: Environment, platform: NodeJS.Platform): EnvSyntax {
  // Git for Windows names its bash with backslashes and an extension.
  const shell = SYNTAX_OF[win32.basename(environment["SHELL"] ?? "", ".exe")];
  return shell ?? (platform === "win32" ? "powershell" : "posix");
}
