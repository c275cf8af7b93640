import { execFileSync } from "node:child_process";
import { windowsTool } from "./windows-tool.ts";

/**
 * When a process of Windows began, in epoch seconds; null where nobody tells. It takes a second.
 *
 * @see https://learn.microsoft.com/windows/win32/cimwin32prov/win32-process, `CreationDate`
 */
export function startOnWindows(pid: number): number | null {
  const powershell = windowsTool("WindowsPowerShell\\v1.0\\powershell.exe");
  const asks = `[DateTimeOffset]::new((Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}').CreationDate).ToUnixTimeSeconds()`;
  try {
    const told = execFileSync(powershell, ["-NoProfile", "-NonInteractive", "-Command", asks], {
      encoding: "utf8",
      timeout: 10_000,
      windowsHide: true,
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    return /^\d+$/.test(told) ? Number(told) : null;
  } catch {
    return null;
  }
}
