import assert from "node:assert/strict";
import { test } from "node:test";
import { losesDatabaseInSignIn } from "../../server/lost-database.ts";
import { startTrial } from "../../server/trial-server.ts";
import { startPostgres } from "./postgres-server.ts";

test("a PostgreSQL that is gone in the middle of a sign-in lets nobody in, and what was begun goes on when it is back", async () => {
  const postgres = await startPostgres();
  const trial = await startTrial({ database: await postgres.createDatabase("gone") });
  try {
    await trial.addPerson({ id: "p1", email: "alice@example.com" });
    await losesDatabaseInSignIn({
      url: trial.url,
      lose: () => postgres.cut("gone", "closed"),
      giveBack: () => postgres.cut("gone", "open"),
    });
    assert.equal((await fetch(`${trial.url}/ready`)).status, 200);
    const rows = await trial.server.storage.read("SELECT COUNT(*) AS n FROM audit_row WHERE name = 'token.issued'");
    assert.deepEqual(
      rows.map(({ n }) => n),
      [1],
    );
  } finally {
    await trial.close();
    await postgres.close();
  }
});
