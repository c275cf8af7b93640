import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { checkpointKey } from "../../src/server/audit/checkpoint.ts";
import { exportAudit } from "../../src/server/audit/export.ts";
import { verifyAudit } from "../../src/server/audit/verify.ts";
import { openSqlite } from "../../src/server/store/sqlite/open-sqlite.ts";
import { losesDatabaseInSignIn } from "./lost-database.ts";

const TOP = join(import.meta.dirname, "../..");

test("a disk that is full lets nobody in, half keeps nothing, and is forgiven", {
  skip: process.platform !== "linux",
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "brevet-full-"));
  const command = ["--import", "tsx", join(TOP, "test/server/trial-child.ts"), join(folder, "data")];
  const child = spawn(process.execPath, command, { cwd: TOP, stdio: ["pipe", "pipe", "ignore"] });
  const ended = once(child, "exit");
  try {
    const [url] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    // No file of the process may grow beyond a page: what the system says of a full disk, without filling one.
    const limit = (bytes: string): void => void execFileSync("prlimit", ["--pid", String(child.pid), `--fsize=${bytes}`]);
    await losesDatabaseInSignIn({
      url,
      lose: async () => limit("4096:unlimited"),
      giveBack: async () => limit("unlimited:unlimited"),
    });
    child.stdin.end();
    await ended;
    const database = await openSqlite(join(folder, "data", "brevet.sqlite"));
    const { lines } = await exportAudit(database, null, 10_000);
    const key = await checkpointKey(database);
    await database.close();
    assert.ok(key !== null);
    await verifyAudit(lines, key);
    const issued = lines.filter((line) => line.includes('\\"name\\":\\"token.issued\\"'));
    assert.equal(issued.length, 1, "a token was recorded that nobody got, or got and not recorded");
  } finally {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});
