import { shellCommand } from "./shell-command.ts";

/* What a person types about variables into the shell that the system opens: PowerShell on Windows, one of POSIX elsewhere. */

/** Takes over the variables that a command prints. */
export function takeCommand(command: string, platform: NodeJS.Platform = process.platform): string {
  return platform === "win32" ? `${command} | Out-String | Invoke-Expression` : `eval "$(${command})"`;
}

/** Sets variables for the programs that are started afterwards. */
export function setCommand(variables: Readonly<Record<string, string>>, platform: NodeJS.Platform = process.platform): string {
  const entries = Object.entries(variables);
  if (platform === "win32") return entries.map(([name, value]) => `$env:${name} = '${value.replaceAll("'", "''")}'`).join("; ");
  return shellCommand`export ${entries.map(([name, value]) => `${name}=${value}`)}`;
}

/** Takes variables away. */
export function unsetCommand(names: readonly string[], platform: NodeJS.Platform = process.platform): string {
  return platform === "win32" ? `Remove-Item ${names.map((name) => `Env:${name}`).join(", ")}` : `unset ${names.join(" ")}`;
}

/** The hint where nothing answers at an address of this machine: a sandbox has another one after each start. */
export function sandboxMovedHint(variables: readonly string[] = []): string {
  const away = variables.length === 0 ? "" : `, or \`${unsetCommand(variables)}\``;
  return `a sandbox that was started again has another port: \`${takeCommand("brevet sandbox env")}\`${away}`;
}
