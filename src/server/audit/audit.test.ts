import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import type { PublicJwk } from "../../core/signer.ts";
import { verifyArchive } from "../audit-archive.ts";
import { sealWith } from "../keys/seal.ts";
import { groupCommitter } from "../store/committer.ts";
import type { Database } from "../store/database.ts";
import { migrate } from "../store/migrations.ts";
import { openSqlite } from "../store/sqlite/open-sqlite.ts";
import { openUnit, type Unit } from "../store/unit.ts";
import { addCheckpoint, addCheckpointKey, checkpointKey } from "./checkpoint.ts";
import { exportAudit, exportBegins } from "./export.ts";
import { openLedger, rowDigest } from "./ledger.ts";
import { ocsfEvent, readRowBody } from "./ocsf.ts";
import { requireVouched, verifyAudit } from "./verify.ts";

const NOW = 1_800_000_000;
const seal = sealWith(new Secret("test", Buffer.alloc(32, 3)));

let folder: string;
let database: Database;
let instances: readonly (() => Unit)[];
let key: PublicJwk;
let lines: readonly string[];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "brevet-audit-"));
  database = await openSqlite(join(folder, "db"));
  await migrate(database);
  instances = ["a", "b"].map((chain) => {
    const committer = groupCommitter(
      database,
      openLedger(chain, () => NOW),
    );
    return () => openUnit(database, committer.commit);
  });
  const [first] = units();
  await addCheckpointKey(first, seal);
  await first.commit();
  const made = await checkpointKey(database);
  assert.ok(made !== null);
  key = made;
  for (let round = 0; round < 3; round++) {
    for (const unit of units()) {
      for (let index = 0; index < 4; index++)
        unit.record({ name: "token.exchanged", actor: "p1", client: null, address: "192.0.2.1", details: { round, index } });
      await unit.commit();
    }
    await checkpoint();
  }
  lines = (await exportAudit(database, null, 1000)).lines;
});
after(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

function units(): readonly [Unit, Unit] {
  const [a, b] = instances.map((open) => open());
  assert.ok(a !== undefined && b !== undefined);
  return [a, b];
}

async function checkpoint(): Promise<void> {
  const [unit] = units();
  await addCheckpoint(database, unit, { seal, now: NOW });
  await unit.commit();
}

const isBroken = (cause: unknown): boolean => cause instanceof Fault && cause.code === "AUDIT_BROKEN";

describe("an export of the audit log", () => {
  test("is whole, and says how far a checkpoint vouches for it", async () => {
    assert.deepEqual(await verifyAudit(lines, key), {
      rows: 24,
      chains: 2,
      checkpoints: 3,
      cutAt: null,
      lastCheckpointAt: NOW,
      rowsAfterCheckpoint: 0,
      unvouchedSince: null,
      lastRowAt: NOW,
      earlier: [],
    });
    await checkpoint();
    assert.equal((await exportAudit(database, null, 1000)).lines.length, 27, "a checkpoint of nothing new");
  });

  test("comes in pages that together are the whole, in the order of each chain", async () => {
    const paged: string[] = [];
    let cursor: string | null = null;
    for (let pages = 0; pages < 40; pages++) {
      const page = await exportAudit(database, cursor, 5);
      if (page.lines.length === 0) break;
      paged.push(...page.lines);
      cursor = page.cursor;
    }
    assert.deepEqual([...paged].sort(), [...lines].sort());
    assert.equal((await verifyAudit(paged, key)).rows, 24);
    await assert.rejects(
      exportAudit(database, "bm9wZQ", 5),
      (cause) => cause instanceof Fault && cause.code === "CURSOR_INVALID",
    );
  });

  test("is whole where lines come twice, as after a delivery that was tried again", async () => {
    const { rows, checkpoints } = await verifyAudit(
      [...lines.slice(0, 9), ...lines.slice(3, 20), ...lines.slice(4), ...lines],
      key,
    );
    assert.deepEqual([rows, checkpoints], [24, 3]);
  });

  test("is whole whatever the words for people were when it was made", async () => {
    const older = lines.map((line) => line.replace(/"message":"[^"]+"/, '"message":"as it was once put"'));
    assert.notDeepEqual(older, lines);
    assert.equal((await verifyAudit(older, key)).rows, 24);
  });

  test("is not read in another form than it was made in, and it is said who can", async () => {
    const foreign = lines.map((line) => line.replace('"log_version":"1"', '"log_version":"0"'));
    const isTold = (cause: unknown): boolean => isBroken(cause) && (cause as Fault).hints.length === 1;
    await assert.rejects(verifyAudit(foreign, key), isTold);
  });

  test("is several exports where one begins anew, and none of them is taken for the whole of another", async () => {
    const begins = exportBegins(NOW);
    const early = lines.slice(0, -1);
    const { rows, earlier } = await verifyAudit([begins, begins, ...early, begins, ...lines], key);
    assert.deepEqual([rows, earlier.map((each) => [each.rows, each.rowsAfterCheckpoint])], [24, [[24, 8]]]);
    const half = lines.slice(Math.floor(lines.length / 2));
    await assert.rejects(verifyAudit([...lines, begins, ...half], key), isBroken);
    await assert.rejects(verifyAudit([begins, ...half, begins, ...lines], key), isBroken);
    const forged = [...lines, begins, ...rewrite(older)];
    await assert.rejects(verifyArchive(forged, key), isUnvouched);
    await assert.rejects(verifyArchive([...rewrite(older), begins, ...lines], key), isUnvouched);
  });

  const rows = (): readonly number[] => lines.flatMap((line, index) => (line.includes('"raw_data"') ? [index] : []));
  const attacks: Readonly<Record<string, () => readonly string[]>> = {
    "a row whose body was changed": () =>
      lines.map((line, index) => (index === 3 ? line.replace("192.0.2.1", "192.0.2.2") : line)),
    "an event that says something else than its row": () =>
      lines.map((line, index) =>
        index === 3 ? line.replace('"src_endpoint":{"ip":"192.0.2.1"}', '"src_endpoint":{"ip":"192.0.2.2"}') : line,
      ),
    "an event of another outcome than its row's": () =>
      lines.map((line, index) => (index === 3 ? line.replace('"status_id":1', '"status_id":2') : line)),
    "a row that was left out": () => lines.filter((_, index) => index !== 5),
    "the first row of a chain left out": () => lines.filter((_, index) => index !== 0),
    "the last row cut off": () => lines.filter((_, index) => index !== rows().at(-1)),
    "a whole chain cut off": () => lines.filter((line) => !line.includes('"uid":"b:')),
    "two rows that changed places": () => {
      const swapped = [...lines];
      [swapped[1], swapped[2]] = [lines[2] ?? "", lines[1] ?? ""];
      return swapped;
    },
    "another row in the place of one": () => [
      ...lines.slice(0, 4),
      (lines[3] ?? "").replace("192.0.2.1", "192.0.2.2"),
      ...lines.slice(4),
    ],
    "a checkpoint left out of the middle": () => lines.filter((line) => !line.includes('\\"number\\":2,')),
    "a checkpoint that was changed": () => lines.map((line) => line.replace('\\"position\\":4', '\\"position\\":3')),
    "an event that nobody wrote, in the line by which an export begins": () => [
      JSON.stringify({ ...JSON.parse(lines[0] ?? ""), ...JSON.parse(exportBegins(NOW)) }),
      ...lines,
    ],
    "an event that nobody wrote, in the time at which an export begins": () => [
      JSON.stringify({ export: "begins", time: JSON.parse(lines[0] ?? "") }),
      ...lines,
    ],
    "an event that nobody wrote, in the line of a checkpoint": () =>
      lines.map((line) =>
        line.startsWith('{"checkpoint"') ? JSON.stringify({ ...JSON.parse(lines[0] ?? ""), ...JSON.parse(line) }) : line,
      ),
    "something that is no event": () => ["{}", ...lines],
    "a row that names no chain": () => [
      JSON.stringify({ raw_data: JSON.stringify({ chain: { length: 0 }, position: 1 }), unmapped: { previous: "", digest: "" } }),
      ...lines,
    ],
    "an event that says something twice, of which some readers take the first": () =>
      lines.map((line, index) => (index === 3 ? line.replace('"class_uid":', '"class_uid":1,"class_uid":') : line)),
    "such a name deep in an event": () =>
      lines.map((line, index) =>
        index === 3 ? line.replace('"src_endpoint":{', '"src_endpoint":{"\\u0069p" : "192.0.2.2",') : line,
      ),
    "what is nested without end": () => [`${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`, ...lines],
    "a text of escapes without end": () => [JSON.stringify({ a: "\n".repeat(5_000_000) }), ...lines],
    "something that is not JSON": () => ["nonsense", ...lines],
  };
  for (const [what, attack] of Object.entries(attacks)) {
    test(`is refused with ${what}`, async () => {
      const attacked = attack();
      assert.notDeepEqual(attacked, lines);
      await assert.rejects(verifyAudit(attacked, key), isBroken);
    });
  }

  test("is refused when somebody rewrote it from the beginning with a key of theirs", async () => {
    const other = sealWith(new Secret("other", Buffer.alloc(32, 4)));
    const forged = await openSqlite(join(folder, "forged"));
    await migrate(forged);
    const committer = groupCommitter(
      forged,
      openLedger("a", () => NOW),
    );
    const unit = openUnit(forged, committer.commit);
    await addCheckpointKey(unit, other);
    unit.record({ name: "chain.opened", actor: null, client: null, address: null, details: {} });
    await unit.commit();
    await addCheckpoint(forged, unit, { seal: other, now: NOW });
    await unit.commit();
    const { lines: rewritten } = await exportAudit(forged, null, 100);
    await forged.close();
    await assert.rejects(verifyAudit(rewritten, key), isBroken);
  });

  const isUnvouched = (cause: unknown): boolean => cause instanceof Fault && cause.code === "AUDIT_UNVOUCHED";

  /** Somebody's own log: every row rewritten and every digest made anew, which takes no key. */
  function rewrite(change: (body: Record<string, unknown>, index: number) => void): readonly string[] {
    const ends = new Map<string, string>();
    return rows().map((at, index) => {
      const event = JSON.parse(lines[at] ?? "") as { raw_data: string; unmapped: { previous: string } };
      const changed = JSON.parse(event.raw_data) as Record<string, unknown>;
      change(changed, index);
      const raw = JSON.stringify(changed);
      const body = readRowBody(raw);
      assert.ok(body !== null);
      const previous = ends.get(body.chain) ?? event.unmapped.previous;
      ends.set(body.chain, rowDigest(previous, raw));
      return JSON.stringify(ocsfEvent(body, raw, previous, rowDigest(previous, raw)));
    });
  }
  const older = (body: Record<string, unknown>, index: number): void => {
    if (index < 4) body["at"] = NOW - 301;
  };

  test("is not vouched for by digests alone: a log that was rewritten whole is refused, whatever the key", async () => {
    const forged = rewrite((body, index) => {
      older(body, index);
      body["actor"] = "eve";
    });
    const found = await verifyAudit(forged, key);
    assert.equal(found.rowsAfterCheckpoint, 24);
    assert.throws(() => requireVouched(found), isUnvouched);
    await assert.rejects(
      verifyArchive(forged, key),
      (cause) =>
        isUnvouched(cause) && /nothing vouches for this audit log: it has no checkpoint for its 24 rows/.test(String(cause)),
    );
  });

  test("of a server that was started a moment ago is told to wait for its first checkpoint, and is not called whole", async () => {
    const young = lines.filter((line) => line.includes('"raw_data"'));
    await assert.rejects(
      verifyArchive(young, key),
      (cause) => isUnvouched(cause) && cause instanceof Fault && /wait a minute/.test(cause.hints[0] ?? ""),
    );
  });

  test("is refused when rows have been without a checkpoint for more than five minutes", async () => {
    const found = await verifyAudit(lines, key);
    requireVouched(found);
    const unvouched = { ...found, rowsAfterCheckpoint: 3, unvouchedSince: NOW - 300 };
    requireVouched(unvouched);
    assert.throws(() => requireVouched({ ...unvouched, unvouchedSince: NOW - 301 }), isUnvouched);
    // The same from an export: the first checkpoint is kept, all later ones are taken away.
    const cut = lines.filter((line) => !/\\"number\\":[23],/.test(line));
    assert.equal((await verifyAudit(cut, key)).rowsAfterCheckpoint, 16);
  });

  test("is not said to be whole when there is nothing of it", async () => {
    for (const nothing of [[], [""], ["", " ", ""]]) {
      await assert.rejects(verifyAudit(nothing, key), (cause) => cause instanceof Fault && cause.code === "AUDIT_EMPTY");
    }
  });

  test("shows rows that no checkpoint vouches for yet", async () => {
    const [unit] = units();
    unit.record({ name: "chain.closed", actor: null, client: null, address: null, details: {} });
    await unit.commit();
    const fresh = await exportAudit(database, null, 1000);
    assert.equal((await verifyAudit(fresh.lines, key)).rowsAfterCheckpoint, 1);
    await checkpoint();
    await checkpoint();
    const after = await exportAudit(database, null, 1000);
    assert.equal((await verifyAudit(after.lines, key)).rowsAfterCheckpoint, 0);
  });
});
