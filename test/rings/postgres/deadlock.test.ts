import assert from "node:assert/strict";
import { test } from "node:test";
import pg from "pg";
import { Secret } from "../../../src/core/secret.ts";
import { openLedger } from "../../../src/server/audit/ledger.ts";
import { groupCommitter } from "../../../src/server/store/committer.ts";
import { migrate } from "../../../src/server/store/migrations.ts";
import { openPostgres } from "../../../src/server/store/postgres/open-postgres.ts";
import { openUnit } from "../../../src/server/store/unit.ts";
import { startPostgres } from "./postgres-server.ts";

const GATE = 7;

test("a unit that PostgreSQL ends in a deadlock with another instance is committed all the same, and recorded once", async () => {
  const postgres = await startPostgres();
  const url = await postgres.createDatabase("deadlock");
  const database = await openPostgres(new Secret("the database", url));
  const [other, gate, looks] = await Promise.all(
    [1, 2, 3].map(async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return client;
    }),
  );
  assert.ok(other !== undefined && gate !== undefined && looks !== undefined);
  const waiting = async (count: number): Promise<void> => {
    for (;;) {
      const { rows } = await looks.query("SELECT 1 FROM pg_locks WHERE NOT granted");
      if (rows.length === count) return;
    }
  };
  try {
    await migrate(database);
    await looks.query("INSERT INTO setting (name, value) VALUES ('one', 'before'), ('two', 'before')");
    // The other one waits first, and never looks for a deadlock: it is the unit that PostgreSQL ends.
    await other.query("SET deadlock_timeout = '1h'");
    await other.query("BEGIN");
    await other.query("UPDATE setting SET value = 'other' WHERE name = 'one'");
    await gate.query("SELECT pg_advisory_lock($1)", [GATE]);

    let transactions = 0;
    const { commit } = groupCommitter(
      {
        ...database,
        transaction(work) {
          transactions += 1;
          return database.transaction(work);
        },
      },
      openLedger("chain", () => 1_800_000_000),
    );
    const unit = openUnit(database, commit);
    unit.write("UPDATE setting SET value = 'unit' WHERE name = 'two'", []);
    unit.write("SELECT pg_advisory_xact_lock(?)", [GATE]);
    unit.write("UPDATE setting SET value = 'unit' WHERE name = 'one'", []);
    unit.record({ name: "rules.changed", actor: null, client: null, address: null, details: {} });
    const committed = unit.commit();
    await waiting(1);
    const others = other.query("UPDATE setting SET value = 'other' WHERE name = 'two'");
    await waiting(2);
    await gate.query("SELECT pg_advisory_unlock($1)", [GATE]);
    await others;
    await other.query("COMMIT");

    await committed;
    const kept = await looks.query("SELECT value FROM setting WHERE name IN ('one', 'two')");
    assert.deepEqual(kept.rows, [{ value: "unit" }, { value: "unit" }]);
    const recorded = await looks.query("SELECT position FROM audit_row");
    assert.deepEqual(recorded.rows, [{ position: "1" }]);
    assert.equal(transactions, 2, "there was no deadlock");
  } finally {
    await Promise.all([other, gate, looks].map((client) => client.end()));
    await database.close();
    await postgres.close();
  }
});
