import assert from "node:assert/strict";
import { test } from "node:test";
import { CLI_CLIENT_ID, ENDPOINTS } from "../../../src/wire/brevet-api/endpoints.ts";
import { losesDatabaseInSignIn } from "../../server/lost-database.ts";
import { startTrial } from "../../server/trial-server.ts";
import { startPostgres } from "./postgres-server.ts";

/** A server without its database says to programs and to people that it is not their fault, and that it passes. */
async function saysSo(url: string): Promise<void> {
  const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: "x", client_id: CLI_CLIENT_ID });
  const token = await fetch(`${url}${ENDPOINTS.token}`, { method: "POST", body });
  assert.deepEqual([token.status, ((await token.json()) as { error?: unknown }).error], [503, "temporarily_unavailable"]);
  const page = await fetch(`${url}/invite/x`, { headers: { accept: "text/html" } });
  assert.deepEqual([page.status, page.headers.get("content-type")], [503, "text/html; charset=utf-8"]);
  assert.match(await page.text(), /in a moment/);
}

test("a PostgreSQL that is gone in the middle of a sign-in lets nobody in, and what was begun goes on when it is back", async () => {
  const postgres = await startPostgres();
  const trial = await startTrial({ database: await postgres.createDatabase("gone") });
  try {
    await trial.addPerson({ id: "p1", email: "alice@example.com" });
    await losesDatabaseInSignIn({
      url: trial.url,
      code: "DATABASE_UNAVAILABLE",
      async lose() {
        await postgres.cut("gone", "closed");
        await saysSo(trial.url);
      },
      giveBack: () => postgres.cut("gone", "open"),
    });
    assert.equal((await fetch(`${trial.url}/ready`)).status, 200);
    const rows = await trial.server.storage.read("SELECT COUNT(*) AS n FROM audit_row WHERE name = 'token.issued'");
    assert.deepEqual(
      rows.map(({ n }) => n),
      [1],
    );
  } catch (cause) {
    // Else its closing would fail for want of the database, and hide why.
    await postgres.cut("gone", "open");
    throw cause;
  } finally {
    await trial.close();
    await postgres.close();
  }
});
