import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import * as client from "openid-client";
import { Secret } from "../../../src/core/secret.ts";
import { openPostgres } from "../../../src/server/store/postgres/open-postgres.ts";
import { API_BASE } from "../../../src/wire/brevet-api/admin/operation.ts";
import { adminApi } from "../../server/admin-api.ts";
import { adminApiOfTokens } from "../../server/admin-api-tokens.ts";
import { type ApiCaller, apiCaller, through } from "../../server/api-caller.ts";
import { startTrial, type TrialServer } from "../../server/trial-server.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";

let postgres: PostgresServer;
before(async () => {
  postgres = await startPostgres();
});
after(() => postgres.close());

const databases = new Map<string, Promise<string>>();

/** A database of its own for each suite. */
function databaseOf(name: string): () => Promise<{ readonly database: string }> {
  return async () => {
    const made = databases.get(name) ?? postgres.createDatabase(name);
    databases.set(name, made);
    return { database: await made };
  };
}

adminApi("PostgreSQL", databaseOf("people"));
adminApiOfTokens("PostgreSQL", databaseOf("tokens"));

describe("two administrators on two instances", { concurrency: false }, () => {
  const ROUNDS = 12;
  let folder: string;
  let [one, two]: TrialServer[] = [];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "brevet-two-admins-"));
    const { database } = await databaseOf("races")();
    const settings = { requestsPerMinute: 100_000 };
    one = await startTrial({ dataFolder: join(folder, "a"), database, settings });
    cpSync(join(folder, "a"), join(folder, "b"), { recursive: true });
    two = await startTrial({ dataFolder: join(folder, "b"), database, url: one.url, settings });
  });
  after(async () => {
    await Promise.all([one?.stop(), two?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  /** Two new administrators, the only ones, each at an instance of their own. */
  async function pair(round: number): Promise<readonly [ApiCaller, ApiCaller, string, string]> {
    assert.ok(one !== undefined && two !== undefined);
    const unit = one.server.storage.openUnit();
    for (const table of ["membership", "passkey"]) unit.write(`DELETE FROM ${table}`, []);
    await unit.commit();
    const [a, b] = [`a${round}`, `b${round}`];
    for (const id of [a, b]) {
      await one.addPerson({ id, email: `${id}@example.com`, groups: ["administrators"] });
      await one.addKey(id);
    }
    const callers = [await apiCaller(one, a), await apiCaller(one, b)] as const;
    through(callers[1].session, one.url, two.url);
    return [callers[0], callers[1], a, b];
  }

  const administrators = async (): Promise<number> => {
    const sql = `SELECT 1 AS one FROM membership JOIN person ON person.id = membership.person
      WHERE team = 'administrators' AND active = 1 AND EXISTS (SELECT 1 FROM passkey WHERE passkey.person = person.id)`;
    return (await one?.server.storage.read(sql))?.length ?? 0;
  };

  const ways: Readonly<Record<string, (caller: ApiCaller, other: string) => ReturnType<ApiCaller["call"]>>> = {
    remove: (caller, other) => caller.call("DELETE", `/people/${other}`),
    deactivate: (caller, other) => caller.call("PATCH", `/people/${other}`, { active: false }),
    "take out of the group": (caller, other) => caller.call("DELETE", `/groups/administrators/people/${other}`),
    "take the last key of": (caller, other) => caller.call("DELETE", `/keys/key-of-${other}`),
  };

  for (const [index, [way, act]] of Object.entries(ways).entries()) {
    test(`who ${way} each other at once leave one of them`, async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const [alice, bob, a, b] = await pair(index * ROUNDS + round);
        const statuses = (await Promise.all([act(alice, b), act(bob, a)])).map(({ status }) => status);
        assert.equal(statuses.filter((status) => status < 300).length, 1, `${way}: ${statuses}`);
        assert.equal(await administrators(), 1);
      }
    });
  }

  test("who write the rules at once do not overwrite each other", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [alice, bob] = await pair(1000 + round);
      const version = { "if-match": (await alice.call("GET", "/rules")).headers.get("etag") ?? "" };
      const rules = (name: string) => ({ rules: [{ name, effect: "allow" }] });
      const answers = await Promise.all([
        alice.call("PUT", "/rules", rules(`a${round}`), version),
        bob.call("PUT", "/rules", rules(`b${round}`), version),
      ]);
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412]);
    }
  });

  test("who ends a session while its client renews it does so, and what the client was given is worth nothing", async () => {
    assert.ok(one !== undefined && two !== undefined);
    const [alice] = await pair(1500);
    await one.addPerson({ id: "carol", email: "carol@example.com" });
    const { session } = await apiCaller(one, "carol");
    through(session, one.url, two.url);
    const { configuration, tokens, dpop } = session;
    const renew = (token = "") => client.refreshTokenGrant(configuration, token, {}, { DPoP: dpop });
    const { body } = await alice.call("GET", "/people/carol/sessions");
    const { id } = (body as { items: { id: string; kind: string }[] }).items.find(({ kind }) => kind === "client") ?? {};
    const { database } = await databaseOf("races")();
    const other = await openPostgres(new Secret("database URL", database));
    const waitFor = async (waiting: number) => {
      const deadline = performance.now() + 120_000;
      const sql = "SELECT COUNT(DISTINCT pid) AS n FROM pg_locks WHERE NOT granted";
      while ((await other.read(sql))[0]?.["n"] !== waiting) assert.ok(performance.now() < deadline, `${waiting} never waited`);
    };
    // Each has done its first step, and waits for the refresh token.
    const [renewal, end] = await other.transaction(async ({ read }) => {
      await read("SELECT 1 AS one FROM artifact WHERE kind = 'RefreshToken' AND grant_id = ? FOR UPDATE", [id ?? ""]);
      const renewal = renew(tokens.refresh_token);
      await waitFor(1);
      const end = alice.call("DELETE", `/people/carol/sessions/${id}`);
      await waitFor(2);
      return [renewal, end] as const;
    });
    await other.close();
    const [renewed, ended] = await Promise.allSettled([renewal, end]);
    assert.equal(ended.status === "fulfilled" && ended.value.status, 204);
    assert.ok(renewed.status === "fulfilled", `${renewed.status === "rejected" && renewed.reason}`);
    await assert.rejects(renew(renewed.value.refresh_token), { error: "invalid_grant" });
    const people = new URL(`${one.url}${API_BASE}/people`);
    const asked = client.fetchProtectedResource(configuration, renewed.value.access_token, people, "GET", null, undefined, {
      DPoP: dpop,
    });
    await assert.rejects(asked, { status: 401 });
  });

  test("who rotate the signing keys at once make one successor", async () => {
    const [alice, bob] = await pair(2000);
    const answers = await Promise.all([alice, bob].map((caller) => caller.call("POST", "/signing-keys/rotation", {})));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
    const rows = await one?.server.storage.read("SELECT 1 AS one FROM signing_key WHERE algorithm = 'ES256'");
    assert.equal(rows?.length, 2);
  });

  test("see a revoked key gone at once where they asked, and within three seconds on the other instance", async (context) => {
    assert.ok(one !== undefined && two !== undefined);
    const [alice] = await pair(3000);
    const [mine, other] = [one.server, two.server].map(({ port }) => `http://localhost:${port}`);
    const published = async (instance?: string) => {
      const { keys } = (await (await fetch(`${instance}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] };
      return keys.map(({ kid }) => kid);
    };
    const { body } = await alice.call("GET", "/signing-keys");
    const { items } = body as { items: { kid: string; algorithm: string; state: string }[] };
    const kid = items.find(({ state, algorithm }) => state === "signing" && algorithm === "ES256")?.kid ?? "";
    assert.equal((await alice.call("DELETE", `/signing-keys/${kid}`)).status, 204);
    const at = performance.now();
    assert.ok(!(await published(mine)).includes(kid));
    while ((await published(other)).includes(kid)) assert.ok(performance.now() - at < 120_000, "the other instance goes on");
    context.diagnostic(`the other instance followed after ${Math.round(performance.now() - at)} ms`);
  });
});
