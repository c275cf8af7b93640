import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A real GNOME Keyring on the session bus that these tests run under, with a keychain of its own. */
export interface SecretService {
  /** What the real client of the desktop finds. */
  lookUp(attributes: Readonly<Record<string, string>>): string | null;
  lock(): void;
  /** Runs `work` while the keyring, or the bus itself, is stopped as a hung process is. */
  whileHung<T>(what: "keyring" | "bus", work: () => Promise<T>): Promise<T>;
  end(): void;
}

const COLLECTION = "/org/freedesktop/secrets/collection/login";

/** Starts the keyring unlocked. */
export function startSecretService(): SecretService {
  const home = mkdtempSync(join(tmpdir(), "brevet-keyring-"));
  const environment = { ...process.env, HOME: home, XDG_RUNTIME_DIR: home, XDG_DATA_HOME: join(home, "data") };
  const { status, stderr } = spawnSync("gnome-keyring-daemon", ["--unlock", "--components=secrets"], {
    input: "password of the test\n",
    env: environment,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  const pids = { keyring: processBehind("org.freedesktop.secrets"), bus: processBehind("org.freedesktop.DBus") };
  return {
    lookUp: (attributes) => {
      const found = spawnSync("secret-tool", ["lookup", ...Object.entries(attributes).flat()], { encoding: "utf8" });
      return found.status === 0 ? found.stdout : null;
    },
    lock: () => {
      const { status: locked, stderr: refusal } = sendToBus("org.freedesktop.secrets", "/org/freedesktop/secrets", [
        "org.freedesktop.Secret.Service.Lock",
        `array:objpath:${COLLECTION}`,
      ]);
      assert.equal(locked, 0, refusal);
    },
    whileHung: async (what, work) => {
      process.kill(pids[what], "SIGSTOP");
      try {
        return await work();
      } finally {
        process.kill(pids[what], "SIGCONT");
      }
    },
    end: () => {
      process.kill(pids.keyring, "SIGTERM");
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The daemon is started before it has its name on the bus, and a call to that name would start a second one: so it is asked. */
function processBehind(name: string): number {
  const deadline = performance.now() + 120_000;
  for (;;) {
    const { status, stdout, stderr } = sendToBus("org.freedesktop.DBus", "/org/freedesktop/DBus", [
      "org.freedesktop.DBus.GetConnectionUnixProcessID",
      `string:${name}`,
    ]);
    if (status === 0) return Number(/uint32 (\d+)/.exec(stdout)?.[1]);
    assert.ok(performance.now() < deadline, stderr);
  }
}

function sendToBus(destination: string, path: string, call: readonly string[]) {
  return spawnSync("dbus-send", ["--session", "--print-reply", `--dest=${destination}`, path, ...call], { encoding: "utf8" });
}
