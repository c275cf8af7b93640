import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isRunning } from "../../src/platform/processes/process-identity.ts";
import { pause } from "../../src/platform/tempo.ts";
import { openSignInWorld, workConfig } from "../providers/sign-in-world.ts";

/** The process that a second asker is told of: it waits for the person. */
function waitingProcess(stderr: string): number {
  return Number(/a sign-in waits already \(process (\d+),/.exec(stderr)?.[1]);
}

async function untilEnded(pid: number): Promise<void> {
  assert.ok(pid > 0, `no process is named: ${pid}`);
  for (let looks = 0; isRunning(pid); looks += 1) {
    assert.ok(looks < 300, `process ${pid} still runs`);
    await pause(100);
  }
}

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
    await untilEnded(waitingProcess(stderr));
    world.environment["BROWSER"] = browser;
    assert.equal((await world.brevet("login", "work")).status, 0);
  } finally {
    await world.close();
  }
});

test("a second call for a profile is told what there is to do, and neither holds up a logout", async () => {
  const world = await openSignInWorld();
  try {
    const idle = join(world.home, "idle-browser");
    writeFileSync(idle, "#!/bin/sh\nexit 0\n");
    chmodSync(idle, 0o755);
    world.environment["BROWSER"] = idle;
    const call = () => world.begin("credential", "aws", "--profile", "dev");
    const first = call();
    await first.spoken;
    const second = call();
    await second.says("if no tab opened: http://127.0.0.1:");
    // Nobody is at a terminal, so this one could ask nobody.
    const { profiles, ...rest } = workConfig(world.provider.clientId);
    world.config({ ...rest, profiles: { dev: { ...profiles.dev, interactive: "auto" } } });
    const third = call();
    await third.says("if no tab opened: http://127.0.0.1:");
    const logout = await world.brevet("logout", "work");
    assert.equal(logout.status, 0);
    assert.match(logout.stderr, /work: removed 1 waiting sign-in$/m);
    for (const { status, stderr } of [await first.ended, await second.ended, await third.ended]) {
      assert.match(stderr, /SIGN_IN_CANCELLED/);
      assert.equal(status, 3, stderr);
    }
    const { stderr } = await second.ended;
    assert.match(stderr, /waits already \(process \d+, asked for by [^)]*for the profile dev\)/);
    await untilEnded(waitingProcess(stderr));
  } finally {
    await world.close();
  }
});

test("a sign-in on another device that is given up is not waited for either", async () => {
  const world = await openSignInWorld();
  try {
    const first = world.begin("login", "work", "--way", "device");
    await first.spoken;
    const second = world.begin("login", "work");
    await second.spoken;
    assert.equal((await world.brevet("logout", "work")).status, 0);
    assert.match((await first.ended).stderr, /SIGN_IN_CANCELLED/);
    await untilEnded(waitingProcess((await second.ended).stderr));
  } finally {
    await world.close();
  }
});
