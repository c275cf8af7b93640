import assert from "node:assert/strict";
import { test } from "node:test";
import { nameOf } from "./client-name.ts";

test("a client is called what it says, cut, and by its id where it says nothing that can be read", () => {
  const named = (clientName?: string) => nameOf({ clientId: "the-id", clientName });
  assert.equal(named("Grafana"), "Grafana");
  for (const nothing of [undefined, "", "  ", "\u200b", "\u202e\u00a0\n"]) assert.equal(named(nothing), "the-id");
  // A right-to-left override would show another name than the one that is there.
  assert.equal(named("brevet \u202egnp.exe"), "brevet gnp.exe");
  assert.equal(named("x".repeat(500)).length, 60);
});
