import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import type { FaultCode } from "../../src/core/fault-codes.ts";
import { type Ledger, openLedger } from "../../src/server/audit/ledger.ts";
import { groupCommitter } from "../../src/server/store/committer.ts";
import type { Database } from "../../src/server/store/database.ts";
import { migrate } from "../../src/server/store/migrations.ts";
import { openUnit, rowInsert, type Unit } from "../../src/server/store/unit.ts";

/** What a database has to be told to be tested. */
export interface DatabaseUnderTest {
  /** Opens the database once more, as another instance would. */
  open(): Promise<Database>;
  /** Takes every connection away, as a restart of the database does; absent where it is a part of the process. */
  cut?(): Promise<void>;
}

const NOW = 1_800_000_000;
const lost = (): Fault => new Fault("ALREADY_USED", "it was used already");
const code = (wanted: FaultCode) => (cause: unknown) => cause instanceof Fault && cause.code === wanted;

/** The contract of the storage port, its migrations, and the units of work above it. */
export function databaseContract(name: string, make: () => Promise<DatabaseUnderTest>): void {
  describe(`the database ${name}`, () => {
    let under: DatabaseUnderTest;
    let database: Database;
    let ledger: Ledger;
    let unit: () => Unit;
    before(async () => {
      under = await make();
      database = await under.open();
      await migrate(database);
      ledger = openLedger("chain", () => NOW);
      const committer = groupCommitter(database, ledger);
      unit = () => openUnit(database, committer.commit);
    });
    after(() => database.close());

    const setting = async (key: string): Promise<string | null> => {
      const [row] = await database.read("SELECT value FROM setting WHERE name = ?", [key]);
      return row === undefined ? null : String(row["value"]);
    };
    const put = "INSERT INTO setting (name, value) VALUES (?, ?)";
    const rows = async (): Promise<number> => Number((await database.read("SELECT COUNT(*) AS n FROM audit_row"))[0]?.["n"]);

    test("says that a table was written since, or that nobody knows", async () => {
      const before = [database.version(["setting", "person"]), database.version(["person"])];
      const one = unit();
      one.write(put, ["versioned", "1"]);
      await one.commit();
      const after = [database.version(["setting", "person"]), database.version(["person"])];
      if (database.kind === "postgres")
        assert.deepEqual(
          [before, after],
          [
            [null, null],
            [null, null],
          ],
        );
      else {
        assert.notEqual(after[0], before[0]);
        assert.equal(after[1], before[1], "a table that nobody wrote");
      }
    });

    test("has one schema, however many instances bring it up to date at once", async () => {
      // The embedded database belongs to one process, which opens it once.
      if (database.kind === "postgres") {
        const others = await Promise.all([under.open(), under.open()]);
        await database.transaction(async (transaction) => {
          for (const table of [
            "setting",
            "artifact",
            "signing_key",
            "audit_row",
            "person",
            "membership",
            "rate",
            "schema_step",
          ]) {
            await transaction.run(`DROP TABLE IF EXISTS ${table}`);
          }
          for (const row of await transaction.read("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")) {
            await transaction.run(`DROP TABLE ${String(row["tablename"])} CASCADE`);
          }
        });
        const done = await Promise.all([database, ...others].map((each) => migrate(each)));
        assert.equal(new Set(done.flat()).size, done.flat().length, "a step was done twice");
        await Promise.all(others.map((each) => each.close()));
      }
      assert.deepEqual(await migrate(database), []);
    });

    test("is not touched when a later program was here", async () => {
      await assert.rejects(migrate(database, []), code("DATABASE_NEWER"));
    });

    test("keeps texts and numbers as they are", async () => {
      const odd = "' \" ; -- \u0001 ü 🔑 ?";
      const one = unit();
      one.write(put, ["odd", odd]);
      one.write("INSERT INTO rate (name, period, count) VALUES (?, ?, ?)", [odd, 2 ** 52, 0]);
      await one.commit();
      assert.equal(await setting("odd"), odd);
      assert.deepEqual(
        { ...(await database.read("SELECT * FROM rate WHERE name = ?", [odd]))[0] },
        { name: odd, period: 2 ** 52, count: 0 },
      );
    });

    test("keeps a unit and its audit row together, or neither", async () => {
      const before = await rows();
      const one = unit();
      one.write(put, ["together", "1"]);
      one.record({ name: "token.issued", actor: null, client: null, address: null, details: {} });
      assert.equal(await setting("together"), null, "a unit is seen before it is committed");
      await one.commit();
      assert.equal(await rows(), before + 1);
      const two = unit();
      two.record({ name: "token.issued", actor: null, client: null, address: null, details: {} });
      two.write(put, ["together", "2"]);
      await assert.rejects(two.commit(), code("DATABASE_UNAVAILABLE"));
      assert.equal(await rows(), before + 1);
      assert.equal(await setting("together"), "1");
    });

    test("lets a unit that fails hurt no other of its batch", async () => {
      const before = await rows();
      const units = Array.from({ length: 20 }, (_, index) => {
        const one = unit();
        one.write(put, [index === 7 ? "together" : `batch ${index}`, "1"]);
        one.record({ name: "token.issued", actor: null, client: null, address: null, details: { index } });
        return one.commit().then(
          () => "kept",
          () => "failed",
        );
      });
      const outcomes = await Promise.all(units);
      assert.deepEqual(
        outcomes.map((outcome, index) => outcome === "failed" && index).filter((index) => index !== false),
        [7],
      );
      assert.equal(await rows(), before + 19);
      const positions = await database.read("SELECT position FROM audit_row WHERE chain = ? ORDER BY position", ["chain"]);
      assert.deepEqual(
        positions.map(({ position }) => position),
        positions.map((_, index) => index + 1),
      );
    });

    test("gives a claim to one unit, and undoes the other whole", async () => {
      const first = unit();
      first.write("INSERT INTO artifact (kind, handle, payload) VALUES ('code', 'a', '{}')", []);
      await first.commit();
      const racers = Array.from({ length: 8 }, (_, index) => {
        const one = unit();
        one.write(put, [`racer ${index}`, "1"]);
        one.claim("INSERT INTO rate (name, period, count) VALUES (?, 0, 0)", [`racer ${index}`], lost);
        one.claim(
          "UPDATE artifact SET consumed_at = ? WHERE kind = 'code' AND handle = 'a' AND consumed_at IS NULL",
          [NOW],
          lost,
        );
        return one.commit().then(
          () => true,
          (cause) => !code("ALREADY_USED")(cause) && cause,
        );
      });
      assert.equal((await Promise.all(racers)).filter((won) => won === true).length, 1);
      for (const table of ["setting", "rate"]) {
        const [row] = await database.read(`SELECT COUNT(*) AS n FROM ${table} WHERE name LIKE 'racer %'`);
        assert.equal(row?.["n"], 1, `a loser left something in ${table}`);
      }
    });

    test("makes the rows of many units at once, and each row for one unit", async () => {
      const insert = rowInsert("proof", ["handle", "expires_at"]);
      const claim = (names: readonly string[]) =>
        Promise.all(
          names.map((name, index) => {
            const one = unit();
            one.claimRow(insert, [name, NOW], lost);
            one.write("INSERT INTO rate (name, period, count) VALUES (?, ?, 0)", [`row ${name}`, index]);
            return one.commit().then(
              () => true,
              (cause) => !code("ALREADY_USED")(cause) && cause,
            );
          }),
        );
      assert.deepEqual(await claim(["a", "b", "c"]), [true, true, true]);
      assert.deepEqual(await claim(["d", "b", "e"]), [true, false, true], "one was there");
      assert.deepEqual(await claim(["f", "g", "f", "h"]), [true, true, false, true], "two want the same");
      const kept = await database.read("SELECT handle FROM proof WHERE expires_at = ? ORDER BY handle", [NOW]);
      assert.deepEqual(kept.map(({ handle }) => handle).join(""), "abcdefgh");
      const [row] = await database.read("SELECT COUNT(*) AS n FROM rate WHERE name LIKE 'row %'");
      assert.equal(row?.["n"], 8, "a loser left something");
    });

    test("gives a claim to one of several, of several instances where the database takes them", async () => {
      const others = database.kind === "postgres" ? await Promise.all([under.open(), under.open(), under.open()]) : [];
      const units = others.map((other, index) => {
        const { commit } = groupCommitter(
          other,
          openLedger(`instance ${index}`, () => NOW),
        );
        return () => openUnit(other, commit);
      });
      try {
        for (let round = 0; round < 20; round++) {
          const made = unit();
          made.write("INSERT INTO artifact (kind, handle, payload) VALUES ('token', ?, '{}')", [`t${round}`]);
          await made.commit();
          const wins = await Promise.all(
            (others.length > 0 ? units : [unit, unit, unit]).map((open) => {
              const one = open();
              one.claim(
                "UPDATE artifact SET consumed_at = ? WHERE kind = 'token' AND handle = ? AND consumed_at IS NULL",
                [NOW, `t${round}`],
                lost,
              );
              one.record({ name: "token.issued", actor: null, client: null, address: null, details: {} });
              return one.commit().then(
                () => true,
                (cause) => {
                  if (!code("ALREADY_USED")(cause)) throw cause;
                  return false;
                },
              );
            }),
          );
          assert.equal(wins.filter(Boolean).length, 1);
        }
      } finally {
        await Promise.all(others.map((each) => each.close()));
      }
    });

    test("says that it is not there, and works when it is again", async (context) => {
      if (under.cut === undefined) {
        context.diagnostic("it is a part of the process");
        return;
      }
      await under.cut();
      const one = unit();
      one.write(put, ["during", "1"]);
      await one.commit().catch((cause) => assert.ok(code("DATABASE_UNAVAILABLE")(cause)));
      const two = unit();
      two.write(put, ["after", "1"]);
      await two.commit();
      assert.equal(await setting("after"), "1");
    });
  });
}
