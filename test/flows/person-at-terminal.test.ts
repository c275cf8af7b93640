import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { posixWord, quotePosix } from "../../src/core/posix-word.ts";
import { openSignInWorld } from "../providers/sign-in-world.ts";
import { programUnderTest } from "../scripts/program.ts";

const BREVET = programUnderTest().command.map(posixWord).join(" ");

/** Runs a command on a terminal of its own; `seen` is told all that stands on the screen, whenever there is more. */
function onTerminal(command: string, environment: NodeJS.ProcessEnv, cwd: string, seen: (screen: string) => void) {
  const child = spawn("/bin/sh", ["-c", `exec script -qec ${quotePosix(command)} /dev/null`], {
    env: environment,
    cwd,
    timeout: 60_000,
  });
  let screen = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
    seen(screen);
  });
  return new Promise<{ readonly status: number | null; readonly screen: string }>((resolve, reject) =>
    child.on("error", reject).on("close", (status) => resolve({ status, screen })),
  );
}

test("a tool that keeps what brevet says to itself hides no sign-in from who sits at the terminal, over SSH", async () => {
  const world = await openSignInWorld();
  try {
    const { BROWSER: browser = "", ...rest } = world.environment;
    const environment = { ...rest, TERM: "xterm", SSH_CONNECTION: "192.0.2.1 1 192.0.2.2 22" };
    const command = `${BREVET} credential aws --profile dev > out 2> kept`;
    let isSignedIn = false;
    const { status, screen } = await onTerminal(command, environment, world.home, (shown) => {
      const page = /^(https:\S+user_code=\S+)\r?$/m.exec(shown)?.[1];
      if (isSignedIn || page === undefined || !/enter the code [A-Z]{4}-[A-Z]{4}/.test(shown)) return;
      isSignedIn = true;
      execFile(browser, [page], { env: world.environment });
    });
    const kept = readFileSync(join(world.home, "kept"), "utf8");
    assert.equal(status, 0, `${screen}\n${kept}`);
    assert.match(screen, /you are here over SSH, so you sign in on another device/);
    assert.equal(typeof JSON.parse(readFileSync(join(world.home, "out"), "utf8")).SecretAccessKey, "string");
    // A picture for a camera is of no use in what a tool has kept.
    assert.doesNotMatch(kept, /[▀▄█]/);
  } finally {
    await world.close();
  }
});

test("who names no program gets a shell of their own with the credentials, and a script is told what is missing", async () => {
  const world = await openSignInWorld();
  try {
    assert.equal((await world.brevet("login", "work")).status, 0);
    const shell = join(world.home, "shell");
    writeFileSync(shell, '#!/bin/sh\necho "the shell has $(test -n "$AWS_ACCESS_KEY_ID" && echo a key)"\nexit 7\n', {
      mode: 0o755,
    });
    const environment = { ...world.environment, TERM: "xterm" };
    const { status, screen } = await onTerminal(
      `SHELL=${posixWord(shell)} ${BREVET} exec dev`,
      environment,
      world.home,
      () => undefined,
    );
    assert.equal(status, 7, screen);
    assert.match(screen, /starting \S+\/shell, as no program was named.*the shell has a key/s);
    const absent = await onTerminal(`SHELL=${posixWord(shell)} ${BREVET} exec nope`, environment, world.home, () => undefined);
    assert.equal(absent.status, 2);
    assert.doesNotMatch(absent.screen, /starting/);
    world.environment["SHELL"] = shell;
    const unseen = await world.brevet("exec", "dev");
    assert.equal(unseen.status, 2, unseen.stderr);
    assert.match(unseen.stderr, /`brevet exec dev -- PROGRAM`/);
  } finally {
    await world.close();
  }
});

test("who mistypes the issuer of `setup oidc` is told so before the next question", async () => {
  const world = await openSignInWorld();
  try {
    const environment = { ...world.environment, TERM: "xterm" };
    const mistyped = `${BREVET} setup oidc --issuer http://127.0.0.1:1`;
    const { status, screen } = await onTerminal(mistyped, environment, world.home, () => undefined);
    assert.equal(status, 4, screen);
    assert.match(screen, /NETWORK_UNREACHABLE/);
    assert.doesNotMatch(screen, /client id/);
  } finally {
    await world.close();
  }
});
