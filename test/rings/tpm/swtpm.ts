import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A real TPM 2.0 in software, with seeds of its own: another machine. */
export interface SwTpm {
  /** The signer's option `device`. */
  readonly device: string;
  /** What tpm2-tools take to reach it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  stop(): Promise<void>;
}

const PROGRAM = "swtpm";

/** Whether this machine has it. */
export function swTpmIsHere(): boolean {
  return spawnSync(PROGRAM, ["--version"]).status === 0;
}

/** Starts swtpm on free ports of this machine, ready for commands. */
export async function startSwTpm(): Promise<SwTpm> {
  const folder = mkdtempSync(join(tmpdir(), "brevet-swtpm-"));
  const port = await freePortPair();
  const child = spawn(
    PROGRAM,
    [
      ...["socket", "--tpm2", "--tpmstate", `dir=${folder}`],
      ...["--server", `type=tcp,port=${port},bindaddr=127.0.0.1`, "--ctrl", `type=tcp,port=${port + 1},bindaddr=127.0.0.1`],
      ...["--flags", "not-need-init,startup-clear"],
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  await answers(port, child);
  return {
    device: `swtpm:127.0.0.1:${port}`,
    environment: { TPM2TOOLS_TCTI: `swtpm:host=127.0.0.1,port=${port}` },
    folder,
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** tpm2-tools look for the control port behind the data port. */
async function freePortPair(): Promise<number> {
  for (;;) {
    const first = await listen(0);
    const second = await listen(first.port + 1).catch(() => null);
    await first.close();
    if (second === null) continue;
    await second.close();
    return first.port;
  }
}

function listen(port: number): Promise<{ readonly port: number; close(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      assert.ok(typeof address === "object" && address !== null);
      resolve({ port: address.port, close: () => new Promise((done) => server.close(() => done())) });
    });
  });
}

async function answers(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    assert.equal(child.exitCode, null, "swtpm ended at its start");
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("error", () => resolve(false));
      // It serves one connection at a time, so this one has to be gone before the first tool comes.
      socket.once("connect", () => socket.destroy().once("close", () => resolve(true)));
    });
    if (open) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
