import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, test } from "node:test";
import { checkpointKey } from "../../src/server/audit/checkpoint.ts";
import { exportAudit } from "../../src/server/audit/export.ts";
import { verifyAudit } from "../../src/server/audit/verify.ts";
import { openSqlite } from "../../src/server/store/sqlite/open-sqlite.ts";
import { childProgram } from "../child-program.ts";
import { losesDatabaseInSignIn, type ServerWithout } from "./lost-database.ts";

/** Starts a server in a process of its own, has it lose its database in a sign-in, and looks at what it has kept. */
async function keepsNothingByHalf(
  command: readonly string[],
  data: string,
  trouble: (pid: number) => Omit<ServerWithout, "url">,
): Promise<void> {
  const [program = "", ...words] = command;
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "ignore"] });
  const ended = once(child, "exit");
  try {
    const ending = ended.then(() => assert.fail("the server ended"));
    const [url] = (await Promise.race([once(createInterface({ input: child.stdout }), "line"), ending])) as [string];
    await losesDatabaseInSignIn({ url, ...trouble(child.pid ?? 0) });
    // The folder may be seen by the server alone.
    const seen = join(`/proc/${child.pid}/root`, data);
    const copy = mkdtempSync(join(tmpdir(), "brevet-full-copy-"));
    for (const name of readdirSync(seen)) if (name.startsWith("brevet.sqlite")) cpSync(join(seen, name), join(copy, name));
    const database = await openSqlite(join(copy, "brevet.sqlite"));
    const { lines } = await exportAudit(database, null, 10_000);
    const key = await checkpointKey(database);
    await database.close();
    assert.ok(key !== null);
    await verifyAudit(lines, key);
    rmSync(copy, { recursive: true, force: true });
    const issued = lines.filter((line) => line.includes('\\"name\\":\\"token.issued\\"'));
    assert.equal(issued.length, 1, "a token was recorded that nobody got, or got and not recorded");
    child.stdin.end();
    await ended;
  } finally {
    child.kill("SIGKILL");
  }
}

const server = (data: string): readonly string[] => [...childProgram(join(import.meta.dirname, "trial-child.ts")), data];

describe("a login server", { skip: process.platform !== "linux" }, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "brevet-full-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("a disk that takes no more lets nobody in, half keeps nothing, and is forgiven", async () => {
    const data = join(folder, "data");
    await keepsNothingByHalf(server(data), data, (pid) => {
      // No file of the process may grow beyond a page: the system refuses its writes, and says nothing of room.
      const limit = (bytes: string): void => void execFileSync("prlimit", ["--pid", String(pid), `--fsize=${bytes}`]);
      return {
        code: "DATABASE_UNAVAILABLE",
        lose: async () => limit("4096:unlimited"),
        giveBack: async () => limit("unlimited:unlimited"),
      };
    });
  });

  // A name space of its own, in which everybody may mount; some systems allow none.
  const space = ["unshare", "--user", "--map-root-user", "--mount"] as const;
  const none =
    spawnSync(space[0], [...space.slice(1), "true"]).status !== 0 && "no file system of a size of its own can be mounted here";

  test("a disk that is full is called full, lets nobody in, half keeps nothing, and is forgiven", {
    skip: process.env["BREVET_RINGS"] !== "required" && none,
  }, async () => {
    const [disk, data] = [join(folder, "disk"), join(folder, "disk", "data")];
    mkdirSync(disk);
    const mounted = `mount -t tmpfs -o size=16m,mode=700 tmpfs "$0" && exec "$@"`;
    await keepsNothingByHalf([...space, "sh", "-c", mounted, disk, ...server(data)], data, (pid) => {
      const filling = join(`/proc/${pid}/root`, disk, "filling");
      return {
        code: "DATABASE_FULL",
        lose: async () => assert.throws(() => writeFileSync(filling, Buffer.alloc(16 * 1024 ** 2)), { code: "ENOSPC" }),
        giveBack: async () => rmSync(filling),
      };
    });
  });
});
