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
      callBus("org.freedesktop.secrets", "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock", [
        `array:objpath:${COLLECTION}`,
      ]);
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

function processBehind(name: string): number {
  const reply = callBus("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.GetConnectionUnixProcessID", [
    `string:${name}`,
  ]);
  return Number(/uint32 (\d+)/.exec(reply)?.[1]);
}

function callBus(destination: string, path: string, method: string, parameters: readonly string[]): string {
  const call = spawnSync("dbus-send", ["--session", "--print-reply", `--dest=${destination}`, path, method, ...parameters], {
    encoding: "utf8",
  });
  assert.equal(call.status, 0, call.stderr);
  return call.stdout;
}
