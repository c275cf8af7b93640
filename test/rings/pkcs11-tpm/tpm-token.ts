import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SwTpm, startSwTpm } from "../tpm/swtpm.ts";

/** Where Debian has the module of tpm2-pkcs11. */
export const TPM2_PKCS11 = `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/libtpm2_pkcs11.so.1`;

export const PIN = "1234";

/** A token that tpm2-pkcs11 keeps in a simulated TPM. */
export interface TpmToken {
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** The attempts at the resource manager until it is on the bus: each is the start of a Python program. */
const ATTEMPTS = 30;

/** Starts a TPM, the resource manager that the module needs, and makes a token labelled `tpm`. */
export async function openTpmToken(): Promise<TpmToken> {
  assert.ok(existsSync(TPM2_PKCS11), `${TPM2_PKCS11} is missing`);
  const tpm = await startSwTpm();
  const folder = mkdtempSync(join(tmpdir(), "tpm-token-"));
  const [, host, port] = tpm.device.split(":");
  const manager = spawn("tpm2-abrmd", ["--allow-root", "--session", `--tcti=swtpm:host=${host},port=${port}`], {
    stdio: "ignore",
  });
  const bus = "tabrmd:bus_type=session";
  const environment = {
    PATH: process.env["PATH"] ?? "",
    DBUS_SESSION_BUS_ADDRESS: process.env["DBUS_SESSION_BUS_ADDRESS"] ?? "",
    TPM2_PKCS11_STORE: folder,
    TPM2_PKCS11_TCTI: bus,
    TPM2TOOLS_TCTI: bus,
  };
  const tool = (...args: readonly string[]) => spawnSync("tpm2_ptool", args, { env: environment, encoding: "utf8" });
  let made = tool("init");
  for (let attempt = 1; made.status !== 0 && attempt < ATTEMPTS; attempt++) made = tool("init");
  assert.equal(made.status, 0, made.stderr);
  const added = tool("addtoken", "--pid", "1", "--label", "tpm", "--userpin", PIN, "--sopin", "5678");
  assert.equal(added.status, 0, added.stderr);
  return { environment, close: () => stop(manager, tpm, folder) };
}

async function stop(manager: ChildProcess, tpm: SwTpm, folder: string): Promise<void> {
  const ended = new Promise((resolve) => manager.once("exit", resolve));
  manager.kill("SIGTERM");
  await ended;
  await tpm.stop();
  rmSync(folder, { recursive: true });
}
