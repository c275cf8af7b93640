import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
const SETUP = "swtpm_setup";

/** Whether this machine has it. */
export function swTpmIsHere(): boolean {
  return spawnSync(PROGRAM, ["--version"]).status === 0;
}

/**
 * A maker of TPMs: a certificate authority of its own, by swtpm's own tool.
 *
 * @param folder holds its keys; it is made at the first TPM.
 */
export interface TpmMaker {
  readonly folder: string;
}

/** The certificates of a maker, PEM: what lies between, and the root. */
export function certificatesOf({ folder }: TpmMaker): readonly string[] {
  return ["issuercert.pem", "swtpm-localca-rootca-cert.pem"].map((name) => readFileSync(join(folder, name), "utf8"));
}

function certify(state: string, { folder }: TpmMaker): void {
  mkdirSync(folder, { recursive: true });
  const authority = join(folder, "localca.conf");
  const setup = join(folder, "setup.conf");
  const names = { signingkey: "signkey.pem", issuercert: "issuercert.pem", certserial: "certserial" };
  const lines = Object.entries(names).map(([key, name]) => `${key} = ${join(folder, name)}`);
  writeFileSync(authority, [`statedir = ${folder}`, ...lines, ""].join("\n"));
  writeFileSync(join(folder, "options"), "--platform-manufacturer brevet\n--platform-version 1\n--platform-model test\n");
  const tool = ["create_certs_tool= /usr/bin/swtpm_localca", `create_certs_tool_config = ${authority}`];
  writeFileSync(setup, [...tool, `create_certs_tool_options = ${join(folder, "options")}`, ""].join("\n"));
  const args = ["--tpm2", "--tpmstate", state, "--create-ek-cert", "--config", setup];
  const { status, stdout } = spawnSync(SETUP, args, { encoding: "utf8", timeout: 60_000 });
  assert.equal(status, 0, stdout);
}

/** Starts swtpm on free ports of this machine, ready for commands. @param maker certifies it; without, nobody does. */
export async function startSwTpm(maker?: TpmMaker): Promise<SwTpm> {
  const folder = mkdtempSync(join(tmpdir(), "brevet-swtpm-"));
  if (maker !== undefined) certify(folder, maker);
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
