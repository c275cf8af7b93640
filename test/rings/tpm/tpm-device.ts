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

/** Starts it; gone with the folder of the chip. */
export async function startTpmDevice(chip: SwTpm): Promise<TpmDevice> {
  const path = join(chip.folder, "tpmrm0");
  const port = chip.device.split(":").at(-1) ?? "";
  const program = spawn("python3", [join(import.meta.dirname, "tpm_device.py"), path, port], { stdio: "inherit" });
  while (!existsSync(path)) {
    assert.equal(program.exitCode, null, "the device did not start");
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { path, stop: () => program.kill() };
}
