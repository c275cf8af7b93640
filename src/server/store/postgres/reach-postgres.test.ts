import assert from "node:assert/strict";
import { test } from "node:test";
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
