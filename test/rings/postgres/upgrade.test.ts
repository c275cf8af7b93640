import assert from "node:assert/strict";
import { test } from "node:test";
import * as client from "openid-client";
import pg from "pg";
import { apiCaller } from "../../server/api-caller.ts";
import { keyHolder } from "../../server/key-holder.ts";
import { startTrial } from "../../server/trial-server.ts";
import { startPostgres } from "./postgres-server.ts";

const API = [
  "/people",
  "/people/me/sessions",
  "/keys",
  "/clients",
  "/signing-keys",
  "/audit/events",
  "/audit/export",
  "/groups",
  "/invites",
];
const PAGES = ["/account", "/admin", "/admin/keys", "/admin/signing-keys", "/admin/audit"];

/** More at once than an instance has connections, so that each has prepared every statement. */
const AT_ONCE = 24;

test("an instance goes on when a later version has added to every table beside it", async () => {
  const postgres = await startPostgres();
  const database = await postgres.createDatabase("upgrade");
  const trial = await startTrial({ database, settings: { requestsPerMinute: 1e9, exchangesPerMinute: 1e9 } });
  const later = new pg.Client({ connectionString: database });
  try {
    const holder = keyHolder(trial.url);
    await holder.perform(trial.server.firstLink?.reveal() ?? "", { email: "ann@example.com", name: "Ann", keyName: "key" });
    const [person] = await trial.server.storage.read("SELECT id FROM person");
    const api = await apiCaller(trial, String(person?.["id"]));
    const { configuration, dpop } = api.session;
    let refreshToken = api.session.tokens.refresh_token ?? "";
    const everything = async (): Promise<void> => {
      const asks = [
        ...API.map((path) => async () => (await api.call("GET", path)).status),
        ...PAGES.map((path) => async () => (await holder.browser.ask(`${trial.url}${path}`)).status),
      ];
      for (const [index, ask] of asks.entries()) {
        const statuses = await Promise.all(Array.from({ length: AT_ONCE }, ask));
        assert.deepEqual(new Set(statuses), new Set([200]), [...API, ...PAGES][index]);
      }
      await holder.perform(`${trial.url}/sign-in`);
      refreshToken = (await client.refreshTokenGrant(configuration, refreshToken, {}, { DPoP: dpop })).refresh_token ?? "";
      await trial.addCheckpoint();
      await trial.server.refresh();
    };
    await everything();
    await later.connect();
    const { rows } = await later.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
    assert.ok(rows.length > 10);
    for (const { tablename } of rows) await later.query(`ALTER TABLE ${tablename} ADD COLUMN of_a_later_version TEXT`);
    await everything();
    assert.deepEqual([trial.failures, trial.warnings], [[], []]);
  } finally {
    await later.end();
    await trial.close();
    await postgres.close();
  }
});
