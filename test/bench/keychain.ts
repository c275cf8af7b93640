import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cachedRows } from "./cached.ts";
import type { Row } from "./report.ts";
import { baseline, CREDENTIAL, EMPTY_NODE, EXECUTABLE, NODE_PROGRAM, runJobs } from "./run-jobs.ts";
import { makeWorld } from "./world.ts";

/**
 * The rows of the keychain, measured under a session bus and a Secret Service of their own:
 * `dbus-run-session -- node --import tsx keychain.ts RUNS RESULT.json`.
 */
const [runs = "20", resultFile = ""] = process.argv.slice(2);
const bus = process.env["DBUS_SESSION_BUS_ADDRESS"];
if (bus === undefined) throw new Error("there is no session bus: run it under dbus-run-session");

const daemon = spawnSync("gnome-keyring-daemon", ["--unlock", "--components=secrets"], { input: "bench", encoding: "utf8" });
if (daemon.status !== 0) throw new Error(`gnome-keyring-daemon: ${daemon.stderr}`);

const guarded = { program: EXECUTABLE, guard: "keychain", environment: { DBUS_SESSION_BUS_ADDRESS: bus } } as const;
writeFileSync(resultFile, JSON.stringify([...(await runKeyRows()), ...(await keychainRows())]));

/** With the key that the first call of a login session leaves: the keychain is not asked. */
async function runKeyRows(): Promise<readonly Row[]> {
  const world = await makeWorld({ ...guarded, runKey: true });
  try {
    world.run(...CREDENTIAL);
    const folder = join(world.environment["XDG_RUNTIME_DIR"] ?? "", "brevet");
    if (!existsSync(folder) || !readdirSync(folder).some((name) => name.startsWith("run-key-")))
      throw new Error("there is no run key to measure");
    return cachedRows(runs, "run key", world.environment);
  } finally {
    await world.stop();
  }
}

/** The keychain asked in each call. */
async function keychainRows(): Promise<readonly Row[]> {
  const world = await makeWorld({ ...guarded, runKey: false });
  try {
    world.run(...CREDENTIAL);
    const { environment } = world;
    const { storeId } = JSON.parse(readFileSync(join(world.folder, ".local/state/brevet/store.json"), "utf8")) as {
      storeId: string;
    };
    const measured = runJobs(runs, [
      { name: "read-keychain", command: [baseline("read-keychain"), "brevet", `store key ${storeId}`], environment },
      { name: "executable", command: [...EXECUTABLE, ...CREDENTIAL], environment },
      { name: "empty Node", command: EMPTY_NODE, environment },
      { name: "Node", command: [...NODE_PROGRAM, ...CREDENTIAL], environment },
    ]);
    const [least, leastNode] = [measured("read-keychain"), measured("empty Node")];
    return [
      { name: "cached, keychain: executable", subject: measured("executable"), baseline: least, ratioLimit: 1.3 },
      { name: "cached, keychain: Node", subject: measured("Node"), baseline: leastNode, ratioLimit: null },
    ];
  } finally {
    await world.stop();
  }
}
