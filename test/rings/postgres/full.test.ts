import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import pg from "pg";
import { privateFiles } from "../../../src/platform/private-files.ts";
import { NOBODY } from "../../../src/server/audit/event.ts";
import { openStorage } from "../../../src/server/open-storage.ts";
import { readSettings } from "../../../src/server/settings/read-settings.ts";
import { startPostgres } from "./postgres-server.ts";

const BYTES = 64 * 1024 ** 2;

/** A file system of a size, for PostgreSQL to lie on; null where none can be mounted. */
function mountOf(folder: string, owner: { readonly uid: number; readonly gid: number }): string | null {
  const place = join(folder, "disk");
  // PostgreSQL is another user and has to get there.
  chmodSync(folder, 0o711);
  mkdirSync(place);
  const options = `size=${BYTES},mode=700,uid=${owner.uid},gid=${owner.gid}`;
  return spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", place]).status === 0 ? place : null;
}

test("a PostgreSQL whose disk is full is called full, keeps nothing by half, and goes on when there is room", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "brevet-pg-full-"));
  const postgres = await startPostgres();
  const { uid, gid } = statSync(join(postgres.folder, "data"));
  const disk = mountOf(folder, { uid, gid });
  const admin = new pg.Client({ connectionString: `postgres://postgres@127.0.0.1:${postgres.port}/postgres` });
  try {
    if (disk === null && process.env["BREVET_RINGS"] !== "required")
      return t.skip("no file system of a size can be mounted here");
    assert.ok(disk !== null, "no file system of a size can be mounted here");
    await admin.connect();
    const space = join(disk, "space");
    mkdirSync(space, { mode: 0o700 });
    chownSync(space, uid, gid);
    await admin.query(`CREATE TABLESPACE small LOCATION '${space}'`);
    await admin.query("CREATE DATABASE small TABLESPACE small");
    const database = `postgres://postgres@127.0.0.1:${postgres.port}/small`;
    const storage = await openStorage(readSettings(privateFiles(), folder, { database }), () => 1);
    const write = async (index: number): Promise<void> => {
      const unit = storage.openUnit();
      unit.write("INSERT INTO setting (name, value) VALUES (?, ?)", [`row ${index}`, "x".repeat(1000)]);
      unit.record({ name: "rules.changed", ...NOBODY, details: { index } });
      await unit.commit();
    };
    try {
      const filling = join(disk, "filling");
      assert.throws(() => writeFileSync(filling, Buffer.alloc(BYTES)), { code: "ENOSPC" });
      let kept = 0;
      // What is left on pages that it has already.
      const full = await (async () => {
        for (; kept < 1000; kept++) await write(kept);
      })().catch((cause: unknown) => cause);
      assert.equal((full as { code?: unknown } | undefined)?.code, "DATABASE_FULL", String(full));
      const counts = async () =>
        (await storage.read("SELECT (SELECT COUNT(*) FROM setting) AS writes, (SELECT COUNT(*) FROM audit_row) AS records"))[0];
      assert.deepEqual(await counts(), { writes: kept, records: kept + 1 });
      await assert.rejects(write(kept), { code: "DATABASE_FULL" });
      rmSync(filling);
      await write(kept);
      assert.deepEqual(await counts(), { writes: kept + 1, records: kept + 2 });
    } finally {
      await storage.close();
    }
  } finally {
    await admin.end().catch(() => undefined);
    await postgres.close();
    if (disk !== null) execFileSync("umount", [disk]);
    rmSync(folder, { recursive: true, force: true });
  }
});
