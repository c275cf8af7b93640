import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openSignInWorld } from "../providers/sign-in-world.ts";

test("a sign-in that nobody finishes is given up by a logout, and everybody who waits for it is told", async () => {
  const world = await openSignInWorld();
  try {
    const browser = world.environment["BROWSER"] ?? "";
    const idle = join(world.home, "idle-browser");
    writeFileSync(idle, "#!/bin/sh\nexit 0\n");
    chmodSync(idle, 0o755);
    world.environment["BROWSER"] = idle;
    const first = world.begin("login", "work");
    await first.spoken;
    const second = world.begin("login", "work");
    await second.spoken;
    assert.equal((await world.brevet("logout", "work")).status, 0);
    assert.match((await first.ended).stderr, /SIGN_IN_CANCELLED/);
    const { stderr } = await second.ended;
    assert.match(stderr, /waits already \(process \d+, asked for by brevet login\); `brevet logout work` gives it up/);
    assert.match(stderr, /SIGN_IN_CANCELLED/);
    world.environment["BROWSER"] = browser;
    assert.equal((await world.brevet("login", "work")).status, 0);
  } finally {
    await world.close();
  }
});
