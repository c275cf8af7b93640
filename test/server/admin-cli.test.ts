import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { inBrevetHome } from "../scripts/brevet-home.ts";
import { done, signedInAt } from "./admin-at-terminal.ts";
import { startTrial, type TrialServer } from "./trial-server.ts";

/* `brevet admin …` as it is typed, against a server with a first administrator who has signed in by a key. */

let trial: TrialServer;
beforeEach(async () => {
  trial = await startTrial({ settings: { requestsPerMinute: 100_000 } });
});
afterEach(() => trial.close());

const signedIn = (work: Parameters<typeof signedInAt>[1]) => signedInAt(trial, work);

describe("brevet admin", () => {
  test("does what an administrator does, from the terminal", async () => {
    await signedIn(async (admin, home) => {
      assert.match(await done(admin("people", "list")), /alice@example\.com +Alice +administrators +1 +active/);
      const link = (await done(admin("invites", "create", "bob@example.com", "Bob Brown", "--group", "dev"))).trim();
      assert.equal((await fetch(link)).status, 200);
      const invites = await done(admin("invites", "list"));
      assert.match(invites, /bob@example\.com +Bob Brown +dev +to join/);
      assert.doesNotMatch(invites, new RegExp(link.split("/").at(-1) ?? "-"));
      const people = JSON.parse(await done(admin("people", "list", "--json"))) as { items: { email: string }[] };
      assert.deepEqual(
        people.items.map(({ email }) => email),
        ["alice@example.com"],
      );
      const wrong = await admin("invites", "create", "bob", "Bob", "--json");
      assert.equal(JSON.parse(wrong.stderr).code, "NAME_INVALID");

      const withdrawn = await admin("invites", "withdraw", "nope");
      assert.match(withdrawn.stderr, /there is no open link "nope" \(RECORD_ABSENT\)\n.*`brevet admin invites list`/);
      const event = await admin("audit", "list", "--event", "token.refuse");
      assert.match(event.stderr, /there is no event "token\.refuse" \(NAME_INVALID\)\n.*did you mean "token\.refused"\?/);
      assert.match((await admin("people", "list", "--limit", "0")).stderr, /limit is "0", and has to be a number from 1 to 200/);

      await trial.addPerson({ id: "bob", email: "bob@example.com", name: "Bob", groups: ["dev"] });
      assert.match((await admin("sessions", "end", "bob@example.com")).stderr, /bob@example\.com was signed in nowhere/);
      for (const verb of ["add", "remove"]) {
        const swapped = await admin("groups", verb, "bob@example.com", "ops");
        assert.match(swapped.stderr, /"bob@example\.com" .* group.*"ops" .* person .*\(USAGE_INVALID\)/);
        assert.match(swapped.stderr, new RegExp(`\`brevet admin groups ${verb} ops bob@example\\.com\``));
      }
      await done(admin("groups", "add", "ops", "bob@example.com"));
      assert.match(await done(admin("people", "show", "bob@example.com")), /groups +dev, ops/);
      assert.match(await done(admin("people", "show", "alice@example.com")), /signed in .*the server's own pages/);
      for (const [words, none] of [
        ["keys list --person bob@example.com", "there is no key"],
        ["sessions list bob@example.com", "signed in nowhere"],
        ["people list --group nobodys", "there is no such person"],
        ["clients list", "no application is registered"],
      ] as const) {
        const { stdout, stderr } = await admin(...words.split(" "));
        assert.deepEqual([stdout, stderr], ["", `brevet: ${none}\n`], words);
      }
      assert.match(await done(admin("groups", "list")), /ops +1/);
      await done(admin("people", "deactivate", "bob"));
      assert.match(await done(admin("people", "list", "--group", "ops")), /deactivated/);
      assert.match(await done(admin("signing-keys", "list")), /ES256 +signing/);
      await done(admin("signing-keys", "rotate", "--ahead", "2h"));
      assert.match(await done(admin("signing-keys", "list")), /ES256 +waiting/);
      const made = await done(admin("clients", "create", "--name", "App", "--redirect", "https://app.example.com/back"));
      const [, id = "", secret = ""] = /client_id=(\S+)\nclient_secret=(\S+)/.exec(made) ?? [];
      await done(admin("clients", "change", id, "--name", "Other"));
      const shown = await done(admin("clients", "show", id));
      assert.match(shown, /client_name +Other/);
      assert.match(shown, /client_id_issued_at +20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\n/);
      assert.match(await done(admin("audit", "list", "--event", "key.made")), /signsFrom: 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d/);
      assert.doesNotMatch(await done(admin("clients", "list", "--json")), new RegExp(secret));
      assert.match(
        await done(admin("audit", "list", "--event", "groups.changed")),
        /alice@example\.com.* person: bob@example\.com;/,
      );
      assert.match(await done(admin("audit", "list", "--event", "client.registered")), /clientName: App/);
      const headers = [
        ["people list", /since \(UTC\)$/],
        ["keys list", /added \(UTC\) +last used \(UTC\)$/],
        ["sessions list alice@example.com", /^session +where +signed in \(UTC\) +last used \(UTC\) +from +until \(UTC\)$/],
        ["signing-keys list", /signs from \(UTC\) +until \(UTC\)$/],
        ["clients list", /registered \(UTC\)$/],
        ["audit list", /^at \(UTC\)/],
        ["groups list", /^group +people$/],
      ] as const;
      for (const [words, header] of headers) {
        const [first = "", row = ""] = (await done(admin(...words.split(" ")))).split("\n");
        assert.match(first, header);
        assert.doesNotMatch(row, /T\d\d:/);
      }
      const lines = (await done(admin("audit", "export"))).trim().split("\n");
      assert.ok(lines.length > 10 && lines.every((line) => JSON.parse(line)));
      const state = join(home.home, "audit.cursor");
      const unnamed = await admin("audit", "confirm", "--json");
      assert.equal(JSON.parse(unnamed.stderr).code, "USAGE_INVALID");
      await done(admin("audit", "export", "--state", state));
      const confirmed = await admin("audit", "confirm", "--state", state);
      assert.equal(confirmed.status, 0, confirmed.stderr);
      assert.match(confirmed.stderr, /confirmed: (up to 20\d\d|it has no checkpoint yet)/);
    });
  });

  test("asks nobody about what is not there", async () => {
    await signedIn(async (admin) => {
      const absent = [
        ["signing-keys", "revoke", "nope"],
        ["keys", "remove", "nope"],
        ["clients", "remove", "nope"],
        ["people", "remove", "nope"],
      ];
      for (const words of absent) assert.match((await admin(...words)).stderr, /there is no .*"?nope"? .*\(RECORD_ABSENT\)/);
      const nobody = await admin("sign-in-provider", "remove");
      assert.match(nobody.stderr, /there is no sign-in provider/);
      const keys = JSON.parse(await done(admin("keys", "list", "--json"))) as { items: { id: string }[] };
      const there = await admin("keys", "remove", keys.items[0]?.id ?? "");
      assert.match(there.stderr, /\(PERSON_ABSENT\)\n.*`--yes`/);
    });
  });

  test("sets a sign-in provider that the server can ask, and no other", async () => {
    await signedIn(async (admin, home) => {
      const none = await admin("sign-in-provider", "show");
      assert.deepEqual([none.status, none.stdout], [0, ""]);
      assert.match(none.stderr, /there is none: people register a key by a link/);
      const [file, secret] = [join(home.home, "provider.json"), join(home.home, "secret")];
      const corp = {
        name: "Corp",
        issuer: "http://localhost:1",
        clientId: "brevet",
        domains: ["example.com"],
        enrols: "invited",
      };
      writeFileSync(file, JSON.stringify(corp));
      writeFileSync(secret, "a-client-secret\n");
      const without = await admin("sign-in-provider", "set", file);
      assert.match(without.stderr, /the secret of the client brevet at .* is missing/);
      const unreachable = await admin("sign-in-provider", "set", file, "--secret-file", secret);
      assert.notEqual(unreachable.status, 0);
      assert.doesNotMatch(unreachable.stderr, /a-client-secret/);
      const { enrols: _, ...unsaid } = corp;
      writeFileSync(file, JSON.stringify(unsaid));
      const nobody = await admin("sign-in-provider", "set", file, "--secret-file", secret);
      assert.match(nobody.stderr, /enrols is missing[\s\S]*it has to be one of "invited", "everybody"/);
      writeFileSync(file, "[]");
      assert.match((await admin("sign-in-provider", "set", file)).stderr, /holds no JSON object/);
      await done(admin("sign-in-provider", "remove", "--yes"));
    });
  });

  test("replaces rules that were tried before, and asks who has said nothing", async () => {
    await signedIn(async (admin, home) => {
      const rules = home.write("rules.json", JSON.stringify([{ name: "dev", effect: "allow", groups: ["dev"] }]));
      const example = home.write("example.json", await done(admin("rules", "show", "--example")));
      const tried = await admin("rules", "try", "alice@example.com", "--rules", example);
      assert.deepEqual([tried.status, tried.stdout.slice(0, 6)], [5, "denied"]);
      const wish = ["rules", "try", "alice@example.com", "https://aws.example"];
      assert.equal(await done(admin(...wish)), "allowed: there is no rule\n");
      const denied = "denied: no rule is about it, and what no rule allows is denied\n";
      const refused = await admin(...wish, "--rules", rules);
      assert.deepEqual([refused.status, refused.stdout], [5, denied]);
      assert.match(refused.stderr, /warning: nobody is in the group dev, which the rule dev names/);
      const absent = await admin(...wish, "--rules", join(home.home, "nowhere.json"));
      assert.match(absent.stderr, /there is no such file \(FILE_UNREADABLE\)\n[\s\S]*`brevet admin rules show --example`/);
      const unasked = await admin("rules", "replace", rules);
      assert.equal(unasked.status, 3, unasked.stderr);
      const wrong = await admin("rules", "replace", home.write("wrong.json", '[{"name":"dev"}]'), "--json");
      assert.equal(JSON.parse(wrong.stderr).code, "REQUEST_INVALID", `it asks before it looks: ${wrong.stderr}`);
      assert.match(unasked.stderr, /put 1 rule in the place of 0\? from then on what no rule allows is denied/);
      const replaced = await admin("rules", "replace", rules, "--yes");
      assert.equal(replaced.status, 0, replaced.stderr);
      assert.match(
        replaced.stderr,
        /warning: nobody is in the group dev,[\s\S]*the rules are dev; what no rule allows is denied/,
      );
      const standing = await admin(...wish);
      assert.deepEqual([standing.status, standing.stdout], [5, denied]);
      assert.match(standing.stderr, /nobody is in the group dev/);
      const grown = await admin("groups", "add", "dev", "alice@example.com");
      assert.match(grown.stderr, /made the group dev: alice@example\.com is in dev/);
      assert.doesNotMatch((await admin("groups", "add", "dev", "alice@example.com")).stderr, /made the group/);
      const allowed = await admin(...wish);
      assert.deepEqual([allowed.status, allowed.stdout, allowed.stderr], [0, "allowed by the rule dev\n", ""]);
      assert.match(await done(admin("rules", "show")), /"name": "dev"/);
    });
  });

  test("says what to do when it may not, or the sign-in is of long ago", async () => {
    await signedIn(async (admin) => {
      trial.advance(301);
      const stale = await admin("groups", "add", "ops", "alice@example.com");
      assert.match(stale.stderr, /SIGN_IN_STALE/);
      assert.match(stale.stderr, /hint: sign in again, then repeat it: `brevet login localhost/);
      assert.equal((await admin("groups", "list")).status, 0);
      trial.advance(-301);
      const unit = trial.server.storage.openUnit();
      unit.write("DELETE FROM membership WHERE team = 'administrators'", []);
      await unit.commit();
      const foreign = await admin("people", "list");
      assert.match(foreign.stderr, /alice@example.com is not an administrator \(ADMINISTRATOR_NEEDED\)/);
      assert.match(foreign.stderr, /hint: an administrator can make you one/);
    });
    await inBrevetHome(async (home) => {
      assert.match((await home.start("admin", "people", "list")).stderr, /hint: sign in at yours: `brevet login https:/);
    });
  });
});
