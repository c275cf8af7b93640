import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { BIN } from "../../../scripts/bundle/executable.ts";
import { tpm2Signers } from "../../../src/signers/tpm2/signer.ts";
import { signerContract } from "../../contracts/signer.ts";
import { memoryStore } from "../../contracts/signer-memory-store.ts";
import { unshareWith } from "../../flows/store-processes.ts";
import { type Program, programUnderTest } from "../../scripts/program.ts";
import { type SwTpm, startSwTpm } from "./swtpm.ts";
import { startSilentDevice, startTpmDevice, type TpmDevice } from "./tpm-device.ts";

/** The device as the one at which brevet looks, and nothing else in `/dev` but what programs need. */
const IN_NAMESPACE = `
set -e
dev=$1 device=$2; shift 2
mount -t tmpfs tmpfs "$dev"
for name in null zero random urandom; do : > "$dev/$name"; mount --bind "/dev/$name" "$dev/$name"; done
mkdir "$dev/pts"
mount --rbind /dev/pts "$dev/pts"
if [ -n "$device" ]; then ln -s "$device" "$dev/tpmrm0"; fi
mount --rbind "$dev" /dev
exec "$@"
`;

const executable: Program = { name: "the executable", command: [resolve(BIN, "brevet")] };

let chip: SwTpm;
let device: TpmDevice;
let folder: string;
before(async () => {
  chip = await startSwTpm();
  device = await startTpmDevice(chip);
  folder = mkdtempSync(join(tmpdir(), "brevet-tpm-device-"));
});
after(async () => {
  device.stop();
  await chip.stop();
  rmSync(folder, { recursive: true, force: true });
});

signerContract("tpm2, behind a character device", async () => {
  const store = memoryStore();
  const kind = tpm2Signers({ store, terminal: { askSecret: async () => assert.fail("asked") } });
  return {
    open: (identity, generation) => kind.open({ identity, generation, options: { device: device.path } }),
    close: async () => {},
  };
});

describe("a device that hangs", () => {
  it("is reported, and does not keep the program from ending", async () => {
    const silent = await startSilentDevice(folder);
    const [file, ...args] = programUnderTest().command;
    const words = ["init", "laptop", "--signer", "tpm2", "--signer-option", `device=${silent.path}`];
    const env = { PATH: process.env["PATH"] ?? "", HOME: join(folder, "silent-home"), CI: "true", BREVET_STORE: "file" };
    const { stdout, stderr, error } = spawnSync(file, [...args, ...words], { env, encoding: "utf8", timeout: 60_000 });
    silent.stop();
    assert.equal(error, undefined);
    assert.equal(stdout, "");
    assert.match(stderr, /\(SIGNER_ABSENT\)/);
  });
});

describe("a device that falls silent", () => {
  for (const program of [programUnderTest(), executable]) {
    it(`after it has signed costs no token, and a moment at the end: ${program.name}`, async () => {
      const other = await startSwTpm();
      const silent = await startTpmDevice(other, "silent-after-signature");
      const env = { PATH: process.env["PATH"] ?? "", HOME: join(other.folder, "home"), CI: "true", BREVET_STORE: "file" };
      const brevet = (words: readonly string[], timeout = 120_000) => {
        const [file, ...args] = program.command;
        return spawnSync(file, [...args, ...words], { env, encoding: "utf8", timeout });
      };
      const options = ["--signer", "tpm2", "--signer-option", `device=${silent.path}`];
      assert.equal(brevet(["init", "laptop", ...options, "--issuer", "https://id.example.com/laptop"]).status, 0);
      for (const words of [["generate"], ["publish", "--to", join(other.folder, "published")]]) {
        assert.equal(brevet(["issuer", ...words]).status, 0);
      }
      // Less than a TPM may take for a command.
      const { error, stdout, stderr } = brevet(["token", "--audience", "https://app.example.com"], 15_000);
      silent.stop();
      await other.stop();
      assert.equal(error, undefined);
      assert.match(stdout, /^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/, stderr);
    });
  }
});

describe("a machine with a TPM", () => {
  const under = unshareWith(["--mount"]);
  const skip = typeof under === "string" ? under : false;

  function brevet(machine: "with" | "without", store: "tpm" | "file", ...words: readonly string[]) {
    assert.ok(typeof under !== "string");
    const dev = join(folder, "dev");
    mkdirSync(dev, { recursive: true });
    const there = machine === "with" ? readlinkSync(device.path) : "";
    const [file, ...args] = [...under, "sh", "-c", IN_NAMESPACE, "sh", dev, there, ...programUnderTest().command, ...words];
    const home = join(folder, store);
    const env = { PATH: process.env["PATH"] ?? "", HOME: home, CI: "true", BREVET_STORE: store };
    const { status, stdout, stderr } = spawnSync(file ?? "", args, { env, encoding: "utf8", timeout: 120_000 });
    return { status, stdout, stderr };
  }

  for (const [store, code] of [
    ["tpm", "STORE_GUARD_ABSENT"],
    ["file", "SIGNER_ABSENT"],
  ] as const) {
    it(`has it taken before software, and nothing takes its place when it is gone (store: ${store})`, { skip }, () => {
      const made = brevet("with", store, "init", "laptop", "--issuer", "https://id.example.com/laptop", "--json");
      assert.equal(made.status, 0, made.stderr);
      const { signer, residence } = JSON.parse(made.stdout) as Readonly<Record<string, string>>;
      assert.deepEqual([signer, residence], ["tpm2", "hardware"]);
      for (const words of [["generate"], ["publish", "--to", join(folder, `published-${store}`)]]) {
        assert.equal(brevet("with", store, "issuer", ...words).status, 0);
      }
      const token = brevet("with", store, "token", "--audience", "https://app.example.com");
      assert.match(token.stdout, /^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/, token.stderr);
      assert.match(brevet("with", store, "status").stdout, /laptop .*a key in the TPM of this machine/);
      const { identities } = JSON.parse(brevet("without", store, "status", "--json").stdout);
      const { summary: _, ...description } = identities[0].signer;
      assert.deepEqual(description, { kind: "tpm2", residence: "hardware", presence: "none" });
      const gone = brevet("without", store, "token", "--audience", "https://other.example.com");
      assert.equal(gone.stdout, "");
      assert.match(gone.stderr, new RegExp(`\\(${code}\\)`));
    });
  }
});
