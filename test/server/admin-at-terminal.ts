import assert from "node:assert/strict";
import { browserThatCalls } from "../../scripts/demo/browser-that-calls.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { type BrevetHome, type Ended, inBrevetHome } from "../scripts/brevet-home.ts";
import { personOverHttp } from "./person-over-http.ts";
import type { TrialServer } from "./trial-server.ts";

/** `brevet admin …` as it is typed. */
export type Admin = (...words: readonly string[]) => Promise<Ended>;

/** Runs a command, and expects that it does what it says. */
export async function done(running: Promise<Ended>): Promise<string> {
  const { status, stdout, stderr } = await running;
  assert.equal(status, 0, stderr);
  return stdout;
}

/** At a machine where the first administrator has signed in by a key. */
export async function signedInAt(trial: TrialServer, work: (admin: Admin, home: BrevetHome) => Promise<void>): Promise<void> {
  await inBrevetHome(async (home) => {
    const http = createHttp({ environment: {} });
    const alice = personOverHttp(trial.url, http);
    await alice.enrol(trial.server.firstLink?.reveal() ?? "", { email: "alice@example.com", name: "Alice", keyName: "blue" });
    const browser = await browserThatCalls(home.home, (url) => alice.signIn(url));
    try {
      await done(home.start("login", trial.url, "--browser", browser.program));
      await work((...words) => home.start("admin", ...words), home);
    } finally {
      browser.close();
    }
  });
}
