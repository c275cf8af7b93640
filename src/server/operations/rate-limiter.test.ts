import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ENDPOINTS } from "../../wire/brevet-api/endpoints.ts";
import { openLedger } from "../audit/ledger.ts";
import { plainAddress } from "../http/networks.ts";
import { groupCommitter } from "../store/committer.ts";
import { migrate } from "../store/migrations.ts";
import { openSqlite } from "../store/sqlite/open-sqlite.ts";
import { openUnit } from "../store/unit.ts";
import { rateLimiter } from "./rate-limiter.ts";
import { requestLimits } from "./request-limits.ts";

test("a flood of names has nobody else refused, and is counted itself", () => {
  const limiter = rateLimiter(() => 1_800_000_000);
  for (let name = 0; name < 100_000; name++) assert.ok(limiter.take(`flood ${name}`, 1));
  assert.deepEqual([limiter.take("new", 1), limiter.take("new", 1), limiter.take("flood 99999", 1)], [true, false, false]);
});

test("an address is counted by itself, and in IPv6 with its /64", () => {
  const limits = { requestsPerMinute: 2, registrationsPerMinute: 1, exchangesPerMinute: 1 };
  const { ofAddress } = requestLimits(
    { limits },
    () => 1_800_000_000,
    () => undefined,
  );
  const within = (...addresses: readonly string[]) => addresses.map((address) => ofAddress(plainAddress(address), "/") === null);
  assert.deepEqual(within("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2"), [true, true, false, true]);
  const one = ["2001:db8:1:2::1", "2001:DB8:1:2:3:4:5:6", "2001:0db8:0001:0002::"];
  assert.deepEqual(within(...one, "2001:db8:1:3::1"), [true, true, false, true]);
  assert.deepEqual(within("2001:db8::1", "2001:db8:0:0:1::", "2001:db8:0::2"), [true, true, false]);
  assert.deepEqual(within("::1", "::2", "::"), [true, true, false]);
  const registers = (address: string) => ofAddress(address, ENDPOINTS.registration) === null;
  assert.deepEqual([registers("2001:db8:2::1"), registers("2001:db8:2::2")], [true, false]);
});

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
