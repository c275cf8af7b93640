import { writeSync } from "node:fs";
import { openLedger } from "../../src/server/audit/ledger.ts";
import { groupCommitter } from "../../src/server/store/committer.ts";
import { migrate } from "../../src/server/store/migrations.ts";
import { openSqlite } from "../../src/server/store/sqlite/open-sqlite.ts";
import { openUnit } from "../../src/server/store/unit.ts";

/*
 * Commits units into a database until it is killed, ten at a time, each with a row of the audit log, and says the name of each that
 * was committed.
 */
const [file = ""] = process.argv.slice(2);
const database = await openSqlite(file);
await migrate(database);
const { commit } = groupCommitter(
  database,
  openLedger("chain", () => 1_800_000_000),
);

async function go(worker: number): Promise<never> {
  for (let index = 0; ; index++) {
    const name = `${worker}-${index}`;
    const unit = openUnit(database, commit);
    unit.write("INSERT INTO setting (name, value) VALUES (?, '')", [name]);
    unit.record({ name: "token.issued", actor: null, client: null, address: null, details: { name } });
    await unit.commit();
    writeSync(1, `${name}\n`);
  }
}

await Promise.all(Array.from({ length: 10 }, (_, worker) => go(worker)));
