import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openLedger } from "../audit/ledger.ts";
import { groupCommitter } from "../store/committer.ts";
import { migrate } from "../store/migrations.ts";
import { openSqlite } from "../store/sqlite/open-sqlite.ts";
import { openUnit } from "../store/unit.ts";
import { rateLimiter } from "./rate-limiter.ts";

test("two instances count together, and begin anew with each minute", async () => {
  const folder = mkdtempSync(join(tmpdir(), "brevet-rate-"));
  const database = await openSqlite(join(folder, "db"));
  try {
    await migrate(database);
    let now = 1_800_000_000;
    const committer = groupCommitter(
      database,
      openLedger("rate", () => now),
    );
    const unit = () => openUnit(database, committer.commit);
    const [one, two] = [rateLimiter(() => now), rateLimiter(() => now)];
    const share = async (): Promise<void> => {
      for (const limiter of [one, two, one]) await limiter.share(database, unit);
    };
    assert.deepEqual([one.take("a", 3), one.take("a", 3), two.take("a", 3)], [true, true, true]);
    await share();
    assert.equal(two.take("a", 3), false);
    assert.equal(two.take("b", 3), true);
    now += 60;
    assert.equal(two.take("a", 3), true);
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
