import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { SwTpm } from "./swtpm.ts";

/** A character device in front of swtpm, as the kernel's driver makes one for a chip. */
export interface TpmDevice {
  /** A link to the device. */
  readonly path: string;
  stop(): void;
}

/**
 * Starts it; gone with the folder of the chip.
 *
 * @param connection `held`: nobody else reaches the chip meanwhile.
 */
export async function startTpmDevice(
  chip: SwTpm,
  connection: "for-each-command" | "held" = "for-each-command",
): Promise<TpmDevice> {
  const args = [chip.device.split(":").at(-1) ?? "", ...(connection === "held" ? ["held"] : [])];
  return startDevice("tpm_device.py", join(chip.folder, "tpmrm0"), args);
}

/** One that takes commands and never answers. */
export async function startSilentDevice(folder: string): Promise<TpmDevice> {
  return startDevice("silent_device.py", join(folder, "silent"), []);
}

async function startDevice(script: string, path: string, args: readonly string[]): Promise<TpmDevice> {
  const program = spawn("python3", [join(import.meta.dirname, script), path, ...args], { stdio: "inherit" });
  while (!existsSync(path)) {
    assert.equal(program.exitCode, null, "the device did not start");
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { path, stop: () => program.kill() };
}
