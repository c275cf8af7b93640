import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Secret } from "../../src/core/secret.ts";
import type { PublicJwk } from "../../src/core/signer.ts";
import { privateFiles } from "../../src/platform/private-files.ts";
import { addCheckpoint, addCheckpointKey, type Checkpoint, checkpointKey } from "../../src/server/audit/checkpoint.ts";
import { CONFIRMED, confirmExport } from "../../src/server/audit/confirm.ts";
import { readCut } from "../../src/server/audit/cut.ts";
import { NOBODY } from "../../src/server/audit/event.ts";
import { exportAudit } from "../../src/server/audit/export.ts";
import { pushCursor, pushJob } from "../../src/server/audit/push.ts";
import { type Holder, retentionJob } from "../../src/server/audit/retention.ts";
import { verifyAudit } from "../../src/server/audit/verify.ts";
import { type Seal, sealWith } from "../../src/server/keys/seal.ts";
import { openStorage, type Storage } from "../../src/server/open-storage.ts";
import { readSettings } from "../../src/server/settings/read-settings.ts";

const DAY = 86_400;
const KEEP = 30 * DAY;
/** The machine's own time: PostgreSQL judges by its own. */
const NOW = Math.floor(Date.now() / 1000);
const seal = sealWith(new Secret("test", Buffer.alloc(32, 5)));

/** The lines of a log, all of them behind a cursor. */
async function exported(
  storage: Storage,
  from: string | null = null,
): Promise<{ readonly lines: readonly string[]; readonly cursor: string | null }> {
  const lines: string[] = [];
  for (let cursor = from; ; ) {
    const page = await exportAudit(storage, cursor, 7);
    if (page.lines.length === 0) return { lines, cursor };
    lines.push(...page.lines);
    cursor = page.cursor;
  }
}

/** Writes rows, and a checkpoint behind them. */
export async function happen(storage: Storage, count: number, by: { readonly seal: Seal; readonly now: number }): Promise<void> {
  const unit = storage.openUnit();
  for (let index = 0; index < count; index++) unit.record({ name: "rules.changed", ...NOBODY, details: { index } });
  await unit.commit();
  await addCheckpoint(storage, unit, by);
  await unit.commit();
}

/** What is cut off an audit log and by whom, over any database. The log spans a hundred days and three starts of the server. */
export function cutsAuditLog(name: string, database: () => Promise<string | undefined>): void {
  describe(`an audit log that is kept for a time, over ${name}`, { concurrency: false }, () => {
    const folder = mkdtempSync(join(tmpdir(), "brevet-retention-"));
    let storage: Storage;
    let key: PublicJwk;
    /** The whole log, from before anything was cut. */
    let whole: Awaited<ReturnType<typeof exported>>;
    before(async () => {
      const settings = readSettings(privateFiles(), folder, { database: await database() });
      let now = NOW - 100 * DAY;
      const start = () => openStorage(settings, () => now);
      // The oldest rows are of a server that was stopped, and one that was started later.
      const first = await start();
      const unit = first.openUnit();
      await addCheckpointKey(unit, seal);
      await unit.commit();
      await happen(first, 10, { seal, now });
      now += DAY;
      await happen(first, 5, { seal, now });
      await first.close();
      now = NOW - 90 * DAY;
      const second = await start();
      await happen(second, 5, { seal, now });
      now = NOW - 10 * DAY;
      await happen(second, 3, { seal, now });
      await second.close();
      now = NOW;
      storage = await start();
      await happen(storage, 4, { seal, now });
      const made = await checkpointKey(storage);
      assert.ok(made !== null);
      key = made;
      whole = await exported(storage);
    });
    after(async () => {
      await storage?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    let overdue: number | null = null;
    const cut = async (
      holders: readonly Holder[] = [],
      { keepSeconds = KEEP, isStopped = (): boolean => false } = {},
    ): Promise<void> => {
      const told = (seconds: number): void => {
        overdue = seconds;
      };
      await retentionJob({ storage, seal, keepSeconds, holders, overdue: told }).run(NOW, isStopped);
    };
    const count = async (sql: string): Promise<unknown> => (await storage.read(sql))[0]?.["n"];
    const rowCount = () => count("SELECT COUNT(*) AS n FROM audit_row");
    const uncut = async (): Promise<void> => assert.equal(await readCut(storage), null);

    test("loses nothing that a destination has not taken, and says who keeps it", async () => {
      const before = await rowCount();
      const destination = "https://siem.example.com/events";
      const holders = [{ name: destination, cursor: pushCursor(destination) }];
      await assert.rejects(cut(holders), { code: "AUDIT_HELD", message: /siem\.example\.com/ });
      assert.ok((overdue ?? 0) > 69 * DAY, `${overdue}`);
      await uncut();
      assert.equal(await rowCount(), before);
    });

    test("loses nothing before an administrator has confirmed an export, where that is demanded", async () => {
      await assert.rejects(cut([CONFIRMED]), { code: "AUDIT_HELD", message: /an administrator has confirmed/ });
      await uncut();
      const unit = storage.openUnit();
      const ahead = { chains: {}, checkpoint: 1000 };
      for (const cursor of ["", "{}", Buffer.from(JSON.stringify(ahead)).toString("base64url")])
        await assert.rejects(confirmExport(unit, cursor, NOBODY), { code: "CURSOR_INVALID" });
      unit.discard();
    });

    test("loses nothing to a server that is stopped in the middle", async () => {
      await cut([], { isStopped: () => true });
      await uncut();
    });

    test("is cut at a checkpoint, and is whole from there", async () => {
      const destination = "https://logs.example.com/";
      const received: string[] = [];
      const push = pushJob({
        reader: storage,
        openUnit: storage.openUnit,
        destination,
        deliver: async (lines) => void received.push(...lines),
      });
      await push.run(NOW);
      const unit = storage.openUnit();
      await confirmExport(unit, whole.cursor ?? "", NOBODY);
      await unit.commit();
      const before = Number(await rowCount());
      let asked = 0;
      // It looks at three checkpoints and makes the cut, and the server stops before a row is gone.
      await cut([{ name: destination, cursor: pushCursor(destination) }, CONFIRMED], { isStopped: () => asked++ >= 3 });
      assert.equal(await rowCount(), before + 1, "more than the record of the cut");
      const during = await verifyAudit((await exported(storage)).lines, key);
      await cut();
      const left = await exported(storage);
      const found = await verifyAudit(left.lines, key);
      assert.deepEqual([found.rows, found.chains, found.cutAt], [during.rows, during.chains, during.cutAt]);
      assert.equal(overdue, 0);
      // Of ten and five rows and what the first server said of itself nothing is left, of the second its end.
      assert.ok(found.cutAt !== null && found.cutAt < NOW - KEEP);
      assert.equal(found.chains, 2);
      assert.equal(await rowCount(), found.rows);
      assert.ok(found.rows < before - 20, `${found.rows} of ${before}`);
      // The checkpoint that the log begins with names the end of the first.
      assert.equal(await count("SELECT COUNT(*) AS n FROM audit_chain"), 3);
      assert.ok(left.lines.some((line) => line.includes('\\"name\\":\\"audit.cut\\"')));
    });

    test("is no log any more when anybody else cuts its beginning", async () => {
      await happen(storage, 2, { seal, now: NOW });
      const { lines } = await exported(storage);
      await verifyAudit(lines, key);
      const checkpoints = lines.flatMap((line) => {
        const { checkpoint } = JSON.parse(line) as { readonly checkpoint?: string };
        return checkpoint === undefined ? [] : [JSON.parse(checkpoint) as Checkpoint];
      });
      for (const [at, later] of checkpoints.entries()) {
        if (at === 0) continue;
        const ends = new Map(later.heads.map(({ chain, position }) => [chain, position]));
        const behind = lines.filter((line) => {
          const { checkpoint, raw_data } = JSON.parse(line) as { readonly checkpoint?: string; readonly raw_data?: string };
          if (checkpoint !== undefined) return (JSON.parse(checkpoint) as Checkpoint).number >= later.number;
          const { chain, position } = JSON.parse(raw_data ?? "") as { readonly chain: string; readonly position: number };
          return position > (ends.get(chain) ?? Number.MAX_SAFE_INTEGER);
        });
        await assert.rejects(verifyAudit(behind, key), {
          code: "AUDIT_BROKEN",
          message: /no checkpoint says that the server has cut/,
        });
      }
      // The rows behind the cut without the one checkpoint that says so.
      const unsaid = lines.filter((line) => !line.includes('\\"cut\\"'));
      assert.ok(unsaid.length < lines.length);
      await assert.rejects(verifyAudit(unsaid, key), { code: "AUDIT_BROKEN" });
      // One row more than the server has cut.
      const first = lines.findIndex((line) => line.includes('"raw_data"'));
      await assert.rejects(
        verifyAudit(
          lines.filter((_, index) => index !== first),
          key,
        ),
        { code: "AUDIT_BROKEN" },
      );
    });

    test("is one whole log for who goes on with an export of before", async () => {
      const more = await exported(storage, whole.cursor);
      const { rows, cutAt } = await verifyAudit([...whole.lines, ...more.lines], key);
      assert.equal(cutAt, null);
      assert.equal(
        rows,
        whole.lines.filter((line) => line.includes('"raw_data"')).length +
          more.lines.filter((line) => line.includes('"raw_data"')).length,
      );
    });

    test("says so to who goes on behind rows that are gone, and gives a destination that was away the log anew", async () => {
      const { cursor } = await exportAudit(storage, null, 1000);
      const early = Buffer.from(JSON.stringify({ chains: {}, checkpoint: 1 })).toString("base64url");
      await assert.rejects(exportAudit(storage, early, 10), { code: "AUDIT_CUT" });
      const unit = storage.openUnit();
      await assert.rejects(confirmExport(unit, early, NOBODY), { code: "AUDIT_CUT" });
      const destination = "https://returns.example.com/";
      unit.write("INSERT INTO setting (name, value) VALUES (?, ?)", [pushCursor(destination), early]);
      await unit.commit();
      const received: string[] = [];
      const deliver = async (lines: readonly string[]): Promise<void> => void received.push(...lines);
      const push = pushJob({ reader: storage, openUnit: storage.openUnit, destination, deliver });
      await assert.rejects(push.run(NOW), { code: "AUDIT_CUT" });
      await push.run(NOW + 60);
      assert.equal((await verifyAudit(received, key)).cutAt, (await verifyAudit((await exported(storage)).lines, key)).cutAt);
      assert.ok(cursor.length > 0);
    });

    test("is cut again, and by one instance of several", async () => {
      const before = await readCut(storage);
      const runs = await Promise.allSettled([cut([], { keepSeconds: 5 * DAY }), cut([], { keepSeconds: 5 * DAY })]);
      for (const run of runs)
        if (run.status === "rejected") assert.equal((run.reason as { code?: unknown }).code, "ALREADY_USED");
      const now = await readCut(storage);
      assert.ok((now?.number ?? 0) > (before?.number ?? 0));
      const found = await verifyAudit((await exported(storage)).lines, key);
      assert.equal(found.cutAt, now?.at);
      assert.equal(await count("SELECT COUNT(*) AS n FROM audit_chain"), 2);
      assert.equal(await rowCount(), found.rows);
      await verifyAudit([...whole.lines, ...(await exported(storage, whole.cursor)).lines], key);
    });

    test("is not said to be whole when the checkpoint is gone that it begins with", async () => {
      const before = await readCut(storage);
      assert.ok(before !== null);
      const unit = storage.openUnit();
      unit.write("DELETE FROM checkpoint WHERE number = ?", [before.number]);
      await unit.commit();
      for (const read of [() => exportAudit(storage, null, 10), () => exportAudit(storage, whole.cursor, 10), () => cut()])
        await assert.rejects(read(), { code: "AUDIT_BROKEN", message: new RegExp(`checkpoint ${before.number},`) });
    });
  });
}
