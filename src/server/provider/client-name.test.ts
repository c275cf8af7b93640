import assert from "node:assert/strict";
import { test } from "node:test";
import { checkClientName, checkStrangersName, nameOf } from "./client-name.ts";

test("a client is not registered by a name that is not what it looks like", () => {
  for (const name of [undefined, "Grafana", "Übersicht 2 🦄"]) checkClientName(name);
  for (const name of ["", "  ", "a\u202eb", "\u001b[2J", "a\u0000", "a\nb", "\ud800", "Grafana\u3164"])
    assert.throws(() => checkClientName(name), { error: "invalid_client_metadata" }, JSON.stringify(name));
});

test("a client that registers itself is not called as brevet is, however that is written", () => {
  for (const name of [undefined, "Grafana", "brev", "\u041f\u043e\u0447\u0442\u0430 2", "\u00dcbersicht"])
    checkStrangersName(name);
  for (const name of [
    "brevet",
    "The command line Brevet",
    "b r e v e t-cli",
    "\uff42revet",
    "br\u00e9vet",
    "Grafana\u3164",
    "br\u0435vet",
  ])
    assert.throws(() => checkStrangersName(name), { error: "invalid_client_metadata" }, JSON.stringify(name));
  checkClientName("brevet's dashboards");
});

test("a client is called what it says, cut, and by its id where it says nothing that can be read", () => {
  const named = (clientName?: string) => nameOf({ clientId: "the-id", clientName });
  assert.equal(named("Grafana"), "Grafana");
  for (const nothing of [undefined, "", "  ", "\u200b", "\u202e\u00a0\n"]) assert.equal(named(nothing), "the-id");
  // A right-to-left override would show another name than the one that is there.
  assert.equal(named("brevet \u202egnp.exe"), "brevet gnp.exe");
  assert.equal(named("Grafana\u3164"), "Grafana");
  assert.equal(named("x".repeat(500)).length, 60);
});
