import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import pg from "pg";
import { Fault } from "../../../core/fault.ts";
import { Secret } from "../../../core/secret.ts";
import { openPostgres } from "./open-postgres.ts";
import { requireReadable } from "./reach-postgres.ts";

test("a URL that the driver cannot read is the user's, and shows no password", () => {
  const refused: Readonly<Record<string, string>> = {
    "postgres://bob:word@[bad/x": "URL_INVALID",
    "postgres://bob:word@db.example:port/x": "URL_INVALID",
    "postgres://bob:word@db.example/x?sslrootcert=/nowhere/ca.pem": "FILE_UNREADABLE",
  };
  for (const [connectionString, code] of Object.entries(refused)) {
    assert.throws(
      () => requireReadable({ connectionString }),
      (fault: { readonly code: string; readonly message: string; readonly hints: readonly string[] }) =>
        fault.code === code && !`${fault.message}${fault.hints.join()}`.includes("word"),
      connectionString,
    );
  }
  for (const connectionString of [
    "postgres:///x?host=/var/run/postgresql",
    "postgres://bob:word@/x",
    "postgresql://[::1]:5432/x",
  ])
    requireReadable({ connectionString });
});

test("a database without a host is looked for nowhere else while the socket of this machine is away", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "brevet-socket-"));
  const usual = pg.defaults.host;
  t.after(() => {
    pg.defaults.host = usual;
    rmSync(folder, { recursive: true });
  });
  await assert.rejects(openPostgres(new Secret("database URL", "postgres:///brevet"), folder), (cause) => {
    assert.ok(cause instanceof Fault);
    assert.equal(cause.message, `PostgreSQL at the socket in ${folder} cannot be used: there is no socket there`);
    return true;
  });
});
