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

/** `held`: nobody else reaches the chip meanwhile. `silent-after-signature`: from then on it takes commands and never answers. */
type Way = "for-each-command" | "held" | "silent-after-signature";

/** Starts it; gone with the folder of the chip. */
export async function startTpmDevice(chip: SwTpm, way: Way = "for-each-command"): Promise<TpmDevice> {
  return startDevice("tpm_device.py", join(chip.folder, way), [chip.device.split(":").at(-1) ?? "", way]);
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
