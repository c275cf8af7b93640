import { readPlainText } from "./plain-file.ts";

/** What tells this machine from another one. */
export interface MachineId {
  readonly value: string;
  /** `system`: lasts as long as the installation. `hostname`: the system has none (some containers), so its name has to do. */
  readonly source: "system" | "hostname";
}

/**
 * The identity of this installation: `/etc/machine-id` on Linux, the platform UUID on macOS, the machine GUID on Windows.
 *
 * It is no secret, but is not shown: callers put it through a one-way function.
 *
 * @see machine-id(5)
 */
export async function machineId(platform: NodeJS.Platform = process.platform): Promise<MachineId> {
  const value = platform === "darwin" || platform === "win32" ? await askSystem(platform) : linuxMachineId();
  return value === null
    ? { value: process.getBuiltinModule("node:os").hostname(), source: "hostname" }
    : { value, source: "system" };
}

/** Linux alone: the identity that costs one read, or null. */
export function linuxMachineId(): string | null {
  for (const path of ["/etc/machine-id", "/var/lib/dbus/machine-id"]) {
    try {
      const value = readPlainText(path).trim();
      if (/^[0-9a-f]{32}$/.test(value)) return value;
    } catch {
      // Some systems lack the file, and some images have it empty until the first boot: then the next place is tried.
    }
  }
  return null;
}

const QUESTIONS = {
  darwin: ["/usr/sbin/ioreg", ["-rd1", "-c", "IOPlatformExpertDevice"], /"IOPlatformUUID" = "([0-9A-F-]{36})"/i],
  win32: [
    "reg.exe",
    ["query", "HKLM\\SOFTWARE\\Microsoft\\Cryptography", "/v", "MachineGuid"],
    /MachineGuid\s+REG_SZ\s+([0-9a-f-]{36})/i,
  ],
} as const;

async function askSystem(platform: "darwin" | "win32"): Promise<string | null> {
  const [program, parameters, pattern] = QUESTIONS[platform];
  const { execFileSync } = await import("node:child_process");
  const { windowsTool } = await import("./processes/windows-tool.ts");
  try {
    const output = execFileSync(platform === "win32" ? windowsTool(program) : program, [...parameters], {
      encoding: "utf8",
      timeout: 5000,
      stdio: ["ignore", "pipe", "ignore"],
      windowsHide: true,
    });
    return pattern.exec(output)?.[1]?.toLowerCase() ?? null;
  } catch {
    return null;
  }
}
