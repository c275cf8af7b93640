import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { browserThatCalls } from "../../scripts/demo/browser-that-calls.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { type BrevetHome, type Ended, inBrevetHome } from "../scripts/brevet-home.ts";
import { personOverHttp } from "./person-over-http.ts";
import { startTrial, type TrialServer } from "./trial-server.ts";

/* `brevet admin …` as it is typed, against a server with a first administrator who has signed in by a key. */

let trial: TrialServer;
before(async () => {
  trial = await startTrial({ settings: { requestsPerMinute: 100_000 } });
});
after(() => trial.close());

type Admin = (...words: readonly string[]) => Promise<Ended>;

/** Runs a command, and expects that it does what it says. */
async function done(running: Promise<Ended>): Promise<string> {
  const { status, stdout, stderr } = await running;
  assert.equal(status, 0, stderr);
  return stdout;
}

async function signedIn(work: (admin: Admin, home: BrevetHome) => Promise<void>): Promise<void> {
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

describe("brevet admin", () => {
  test("does what an administrator does, from the terminal", async () => {
    await signedIn(async (admin) => {
      assert.match(await done(admin("people", "list")), /alice@example\.com +Alice +administrators +1 +active/);
      const link = (await done(admin("invites", "create", "bob@example.com", "Bob Brown", "--group", "dev"))).trim();
      assert.equal((await fetch(link)).status, 200);
      const invites = await done(admin("invites", "list"));
      assert.match(invites, /bob@example\.com +Bob Brown +dev/);
      assert.doesNotMatch(invites, new RegExp(link.split("/").at(-1) ?? "-"));
      const people = JSON.parse(await done(admin("people", "list", "--json"))) as { items: { email: string }[] };
      assert.deepEqual(
        people.items.map(({ email }) => email),
        ["alice@example.com"],
      );
      const wrong = await admin("invites", "create", "bob", "Bob", "--json");
      assert.equal(JSON.parse(wrong.stderr).code, "NAME_INVALID");
    });
  });
});
