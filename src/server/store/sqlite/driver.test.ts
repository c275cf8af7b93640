import assert from "node:assert/strict";
import { test } from "node:test";
import { runtimeConnections } from "./driver.ts";

test("libsql that was not installed is named, with what installs it", async () => {
  const missing = () => Promise.reject(new Error("Cannot find module 'libsql'"));
  await assert.rejects(runtimeConnections(missing), { code: "DATABASE_UNAVAILABLE", details: {} });
  const memory = (await runtimeConnections())(":memory:", "write");
  assert.deepEqual(memory.all("SELECT 1 AS one", []), [{ one: 1 }]);
  memory.close();
});
