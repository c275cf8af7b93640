import { Fault } from "../../core/fault.ts";
import type { Database } from "./database.ts";
import { integer } from "./database.ts";
import { foundation } from "./migrations/0001-foundation.ts";
import { passkeys } from "./migrations/0002-passkeys.ts";
import { auditChains } from "./migrations/0003-audit-chains.ts";
import { people } from "./migrations/0004-people.ts";
import { proofs } from "./migrations/0005-proofs.ts";
import { upstream } from "./migrations/0006-upstream.ts";
import { expiry } from "./migrations/0007-expiry.ts";
import { lastUse } from "./migrations/0008-last-use.ts";
import { sessionAddress } from "./migrations/0009-session-address.ts";
import type { Migration } from "./migrations/migration.ts";

/** Every step, in order. */
const MIGRATIONS: readonly Migration[] = [
  foundation,
  passkeys,
  auditChains,
  people,
  proofs,
  upstream,
  expiry,
  lastUse,
  sessionAddress,
];

/**
 * Brings the schema of a database up to this program, each step in a transaction of its own.
 *
 * Of several instances that start at once on PostgreSQL, one does each step and the others wait for it.
 *
 * @returns the names of the steps that were done.
 * @throws {Fault} `DATABASE_NEWER` when a later program was here; `DATABASE_UNAVAILABLE`.
 */
export async function migrate(database: Database, migrations: readonly Migration[] = MIGRATIONS): Promise<readonly string[]> {
  const done: string[] = [];
  for (;;) {
    const name = await database.transaction(async (transaction) => {
      // Held until the transaction ends; SQLite has one writer anyway.
      if (database.kind === "postgres") await transaction.read("SELECT pg_advisory_xact_lock(?)", [LOCK]);
      await transaction.run("CREATE TABLE IF NOT EXISTS schema_step (number BIGINT PRIMARY KEY, name TEXT NOT NULL)");
      const [row] = await transaction.read("SELECT COALESCE(MAX(number), 0) AS steps FROM schema_step");
      const steps = row === undefined ? 0 : integer(row, "steps");
      if (steps > migrations.length) throw newer(steps, migrations.length);
      const next = migrations[steps];
      if (next === undefined) return null;
      for (const statement of next.statements) await transaction.run(statement);
      await transaction.run("INSERT INTO schema_step (number, name) VALUES (?, ?)", [steps + 1, next.name]);
      return next.name;
    });
    if (name === null) return done;
    done.push(name);
  }
}

/** Any number that no other program locks with. */
const LOCK = 7_214_380_991;

function newer(steps: number, known: number): Fault {
  return new Fault("DATABASE_NEWER", `the database is at step ${steps} of the schema, and this program knows ${known}`, {
    hints: ["run the version of brevet that was here last, or a later one: `brevet --version`"],
  });
}
