import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { openSignInWorld, workConfig } from "../providers/sign-in-world.ts";

it("takes --store for an identity that an earlier login added before it found nothing that guards the store", async (t) => {
  const world = await openSignInWorld();
  t.after(() => world.close());
  delete world.environment["BREVET_STORE"];
  world.config({ ...workConfig(world.provider.clientId), store: { guard: "keychain" } });

  const before = await world.brevet("status");
  assert.match(before.stdout, /^key +none yet; it would be in the system's keychain/m);

  const login = await world.brevet("login", "work", "--store", "file");
  assert.equal(login.status, 0, login.stderr);
  const config = JSON.parse(readFileSync(join(world.home, ".config/brevet/config.json"), "utf8"));
  assert.equal(config.store.guard, "file");

  const status = await world.brevet("status");
  assert.match(status.stdout, /^work +oidc +alice/m);
  assert.match(status.stdout, /^key +key file /m);

  // What holds the key is not left behind: the config stays as it is.
  const other = await world.brevet("login", "work", "--store", "keychain");
  assert.match(other.stderr, /STORE_GUARD_MISMATCH/);
  assert.equal(JSON.parse(readFileSync(join(world.home, ".config/brevet/config.json"), "utf8")).store.guard, "file");
});
