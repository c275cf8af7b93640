import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Rule } from "../../wire/brevet-api/rule.ts";
import { openLedger } from "../audit/ledger.ts";
import { groupCommitter } from "../store/committer.ts";
import type { Database } from "../store/database.ts";
import { migrate } from "../store/migrations.ts";
import { openSqlite } from "../store/sqlite/open-sqlite.ts";
import { openUnit, type Unit } from "../store/unit.ts";
import { replaceRules, rulesDocument } from "./stored-rules.ts";

let folder: string;
let database: Database;
let unit: () => Unit;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "brevet-rules-"));
  database = await openSqlite(join(folder, "db"));
  await migrate(database);
  const { commit } = groupCommitter(
    database,
    openLedger("test", () => 1_800_000_000),
  );
  unit = () => openUnit(database, commit);
});
after(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const BY = { actor: "p1", client: "brevet-cli", address: "192.0.2.1" };
const rules = (name: string): readonly Rule[] => [{ name, effect: "deny" }];

test("of two administrators who based their rules on the same ones, also on none, one is told, and only the other's are recorded", async () => {
  for (const [based, faster] of [
    [null, "first"],
    [JSON.stringify(rules("first")), "second"],
  ] as const) {
    const [one, other] = [unit(), unit()];
    assert.equal(await rulesDocument(one), based);
    replaceRules(one, based, rules(faster), BY);
    replaceRules(other, based, rules("slower"), BY);
    await one.commit();
    await assert.rejects(other.commit(), { code: "VERSION_STALE" });
    assert.equal(await rulesDocument(database), JSON.stringify(rules(faster)));
  }
  const rows = await database.read("SELECT body FROM audit_row WHERE name = 'rules.changed' ORDER BY position");
  const events = rows.map(({ body }) => JSON.parse(String(body)) as Readonly<Record<string, unknown>>);
  assert.deepEqual(
    events.map(({ actor, client, address, details }) => ({ actor, client, address, details })),
    ["first", "second"].map((name) => ({ ...BY, details: { rules: [name], document: JSON.stringify(rules(name)) } })),
  );
});
