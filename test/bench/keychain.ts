import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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

const world = await makeWorld({
  program: EXECUTABLE,
  guard: "keychain",
  runKey: false,
  environment: { DBUS_SESSION_BUS_ADDRESS: bus },
});
try {
  world.run(...CREDENTIAL);
  const { environment } = world;
  const { storeId } = JSON.parse(readFileSync(join(world.folder, ".local/state/brevet/store.json"), "utf8")) as {
    storeId: string;
  };
  const read = [baseline("read-keychain"), "brevet", `store key ${storeId}`];
  const measured = runJobs(runs, [
    { name: "read-keychain", command: read, environment },
    { name: "executable", command: [...EXECUTABLE, ...CREDENTIAL], environment },
    { name: "empty Node", command: EMPTY_NODE, environment },
    { name: "Node", command: [...NODE_PROGRAM, ...CREDENTIAL], environment },
  ]);
  const rows: readonly Row[] = [
    {
      name: "cached, keychain: executable",
      subject: measured("executable"),
      baseline: measured("read-keychain"),
      ratioLimit: 1.3,
    },
    { name: "cached, keychain: Node", subject: measured("Node"), baseline: measured("empty Node"), ratioLimit: null },
  ];
  writeFileSync(resultFile, JSON.stringify(rows));
} finally {
  await world.stop();
}
