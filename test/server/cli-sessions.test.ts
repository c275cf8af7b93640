import assert from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { type BrevetHome, inBrevetHome } from "../scripts/brevet-home.ts";
import { type Admin, done, signedInAt } from "./admin-at-terminal.ts";
import { startTrial, type TrialServer } from "./trial-server.ts";

let trial: TrialServer;
beforeEach(async () => {
  trial = await startTrial({ settings: { requestsPerMinute: 100_000 } });
});
afterEach(() => trial.close());

const signedIn = (work: Parameters<typeof signedInAt>[1]) => signedInAt(trial, work);

describe("a session that was ended at the server", () => {
  const tokenFor = (audience: string) => ["token", "--identity", "localhost", "--audience", audience] as const;

  test("is told as such to who uses it, with what to type, and is known as ended afterwards", async () => {
    await signedIn(async (admin, home) => {
      assert.match(await done(home.start(...tokenFor("https://one.example"))), /^ey/);
      assert.match(await done(home.start("status")), /server +alice@example\.com +http:.* signed in as alice@example\.com/);
      await done(admin("sessions", "end", "alice@example.com"));
      const refused = await home.start(...tokenFor("https://other.example"));
      assert.match(
        refused.stderr,
        /the session of localhost\S* at http:\S+ has ended: .*\(SESSION_ENDED\)\n.*`brevet login localhost/,
      );
      assert.doesNotMatch(refused.stderr, /grant request/);
      assert.deepEqual([refused.status, refused.stdout], [3, ""]);
      assert.match(await done(home.start("status")), /nobody is signed in: `brevet login localhost/);
    });
  });

  test("is told by the administrators' API too", async () => {
    await signedIn(async (admin, home) => {
      await done(admin("sessions", "end", "alice@example.com"));
      assert.match((await admin("people", "list")).stderr, /has ended: .*\(SESSION_ENDED\)\n.*`brevet login localhost/);
      assert.match(await done(home.start("status")), /nobody is signed in/);
    });
  });

  test("goes on by its renewal where only a token was gone", async () => {
    await signedIn(async (admin, home) => {
      for (const use of [() => home.start(...tokenFor("https://other.example")), () => admin("people", "list")]) {
        const unit = trial.server.storage.openUnit();
        unit.write("DELETE FROM artifact WHERE kind = 'AccessToken'", []);
        await unit.commit();
        await done(use());
      }
      assert.match(await done(home.start("status")), /signed in as alice@example\.com/);
    });
  });
});

describe("a machine's session", () => {
  const token = ["token", "--identity", "localhost", "--audience", "https://one.example"] as const;
  const login = (home: BrevetHome, browserOf = home) =>
    home.start("login", trial.url, "--browser", join(browserOf.home, "browser.mjs"));

  async function sessionsOf(admin: Admin): Promise<readonly string[]> {
    const { items } = JSON.parse(await done(admin("sessions", "list", "alice@example.com", "--json"))) as {
      items: readonly { readonly id: string; readonly client: string | null }[];
    };
    return items.filter(({ client }) => client === "brevet-cli").map(({ id }) => id);
  }

  test("is what `logout` ends where none is named and the machine has a key of its own too", async () => {
    await signedIn(async (_admin, home) => {
      const ended = await home.start("logout");
      assert.match(ended.stderr, /localhost: the provider has forgotten the session too/);
      assert.equal(ended.status, 0);
    });
  });

  test("is listed and ended from another machine by its person, who is no administrator", async () => {
    await signedIn(async (_admin, home) => {
      const unit = trial.server.storage.openUnit();
      unit.write("DELETE FROM membership", []);
      await unit.commit();
      await inBrevetHome(async (other) => {
        await done(login(other, home));
        const own = async () => {
          const { items } = JSON.parse(await done(home.start("sessions", "list", "--json"))) as {
            items: readonly { readonly id: string; readonly kind: string; readonly current: boolean }[];
          };
          return items.filter(({ kind }) => kind === "client");
        };
        assert.equal((await own()).length, 2);
        const list = await done(home.start("sessions", "list"));
        assert.equal(list.match(/^[\w-]{10} \(this one\) +brevet-cli/gm)?.length, 1, list);
        const ended = await home.start("sessions", "end");
        assert.match(ended.stderr, /you are signed out elsewhere: \d sessions/);
        assert.deepEqual(
          (await own()).map(({ current }) => current),
          [true],
        );
        assert.match((await other.start("sessions", "list")).stderr, /SESSION_ENDED/);
        assert.match((await home.start("sessions", "end")).stderr, /you were signed in nowhere else/);
        const unknown = await home.start("sessions", "end", "nope");
        assert.match(unknown.stderr, /there is no session "nope".*\(RECORD_ABSENT\)\n.*`brevet sessions list`/);
        const [mine] = await own();
        // As it is printed: no more than that fits into a line, and nothing that is taken for a flag.
        const [, printed = ""] = /^(\S+) \(this one\)/m.exec(await done(home.start("sessions", "list"))) ?? [];
        assert.ok(mine?.id.includes(printed) && mine.id.length > printed.length, printed);
        await done(home.start("sessions", "end", printed));
        assert.match((await home.start(...token)).stderr, /SESSION_ENDED/);
      });
    });
  });

  test("is begun anew where a rule wants a fresher sign-in, once, and only where somebody may be asked", async () => {
    const taker = createServer((_, response) => response.end('{"access_token":"taken","expires_in":600}'));
    await new Promise<void>((listening) => taker.listen(0, "127.0.0.1", listening));
    const url = `http://127.0.0.1:${(taker.address() as AddressInfo).port}/token`;
    try {
      await signedIn(async (admin, home) => {
        const rules = home.write("rules.json", '[{"name":"soon","effect":"allow","signedInWithin":60}]');
        await done(admin("rules", "replace", rules, "--yes"));
        const { identities } = JSON.parse(home.read(".config/brevet/config.json").replace("// mine", ""));
        const profileThat = (interactive: string) => ({
          identity: "localhost",
          interactive,
          oauth: { grant: "jwt-bearer", url, audience: `https://${interactive}.example` },
        });
        const profiles = { asks: profileThat("always"), silent: profileThat("never") };
        home.write(".config/brevet/config.json", JSON.stringify({ identities, profiles }));
        const [first] = await sessionsOf(admin);
        trial.advance(100);
        const refused = await home.start("token", "--profile", "silent");
        assert.match(refused.stderr, /a fresher sign-in.*\(TOKEN_EXCHANGE_REFUSED\)\n.*sign in anew: `brevet login localhost/);
        assert.equal(refused.stdout, "");
        const browser = { BROWSER: join(home.home, "browser.mjs") };
        const asked = await home.startWith(browser, "token", "--profile", "asks");
        assert.deepEqual([asked.status, asked.stdout], [0, "taken\n"], asked.stderr);
        assert.match(asked.stderr, /wants a fresher sign-in for this: sign in once more/);
        const [second, ...others] = await sessionsOf(admin);
        assert.deepEqual([second === first, others], [false, []]);
        assert.equal(await done(home.start("token", "--profile", "silent")), "taken\n");
      });
    } finally {
      taker.close();
    }
  });

  test("is ended at the server by the next one of this machine, and by no other machine's", async () => {
    await signedIn(async (admin, home) => {
      const [first] = await sessionsOf(admin);
      const state = join(home.home, ".local/state/brevet");
      const copy = join(home.home, "copy");
      cpSync(state, copy, { recursive: true });
      await inBrevetHome(async (other) => {
        await done(login(other, home));
        const { status, stderr } = await login(home);
        assert.deepEqual([status, stderr.includes("warning")], [0, false], stderr);
        const left = await sessionsOf(admin);
        assert.deepEqual([left.length, left.includes(first ?? "")], [2, false]);
        assert.match(await done(home.start(...token)), /^ey/);
        assert.match((await home.start("logout", "localhost")).stderr, /the provider has forgotten the session too/);
        assert.equal((await sessionsOf((...words) => other.start("admin", ...words))).length, 1);
        rmSync(state, { recursive: true });
        cpSync(copy, state, { recursive: true });
        const ended = await home.start(...token);
        assert.deepEqual([ended.status, ended.stdout], [3, ""], ended.stderr);
        assert.match(ended.stderr, /SESSION_ENDED/);
        assert.match(await done(other.start(...token)), /^ey/);
      });
    });
  });
});
