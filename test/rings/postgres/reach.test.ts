import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import { Fault } from "../../../src/core/fault.ts";
import { Secret } from "../../../src/core/secret.ts";
import { openPostgres } from "../../../src/server/store/postgres/open-postgres.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";

let server: PostgresServer;
const usual = pg.defaults.host;
before(async () => {
  server = await startPostgres();
  await server.createDatabase("reached");
});
after(async () => {
  pg.defaults.host = usual;
  await server.close();
});

async function opens(url: string, socketFolder?: string): Promise<void> {
  const database = await openPostgres(new Secret("database URL", url), socketFolder);
  try {
    assert.deepEqual(await database.read("SELECT current_database() AS name"), [{ name: "reached" }]);
  } finally {
    await database.close();
  }
}

describe("a database URL", () => {
  test("may name the socket", async () => {
    const { folder, port } = server;
    await opens(`postgres:///reached?host=${folder}&port=${port}&user=postgres`);
    await opens(`postgres://postgres@${encodeURIComponent(folder)}/reached?port=${port}`);
  });

  test("without a host means the socket of this machine, as everywhere", async () => {
    const { folder, port } = server;
    symlinkSync(join(folder, `.s.PGSQL.${port}`), join(folder, ".s.PGSQL.5432"));
    await opens("postgres://postgres@/reached", folder);
  });

  for (const [what, url, words] of [
    [
      "no server",
      () => "postgres://postgres:hunter2@127.0.0.1:1/reached",
      /at 127\.0\.0\.1:1 cannot be used: nothing listens there/,
    ],
    [
      "no socket",
      () => "postgres://postgres:hunter2@/reached?host=/nowhere",
      /at the socket in \/nowhere .*: there is no socket there/,
    ],
    ["no such name", () => "postgres://postgres:hunter2@id.invalid/reached", /its name is not known/],
    ["no such database", () => `postgres://postgres:hunter2@127.0.0.1:${server.port}/none`, /it has no database "none"/],
    ["no such user", () => `postgres://bob:hunter2@127.0.0.1:${server.port}/reached`, /it does not let the user "bob" in/],
  ] as const) {
    test(`is said to lead nowhere by what is wrong, without its password: ${what}`, async () => {
      await assert.rejects(openPostgres(new Secret("database URL", url())), (cause) => {
        assert.ok(cause instanceof Fault && cause.code === "DATABASE_UNAVAILABLE");
        assert.match(cause.message, words);
        assert.doesNotMatch(cause.message, /hunter2/);
        return true;
      });
    });
  }
});
