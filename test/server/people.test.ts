import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { NOBODY } from "../../src/server/audit/event.ts";
import { removePerson } from "../../src/server/people/change-person.ts";
import { makeInvite } from "../../src/server/people/invite.ts";
import { beginWebSession, findWebSession } from "../../src/server/people/web-session.ts";
import { CLI_CLIENT_ID, ENDPOINTS } from "../../src/wire/brevet-api/endpoints.ts";
import type { Level } from "../../src/wire/brevet-api/levels.ts";
import { cookieHeader } from "./browser.ts";
import { type KeyHolder, keyHolder, post } from "./key-holder.ts";
import { softwareAuthenticator } from "./software-authenticator.ts";
import { startTrial, type TrialServer } from "./trial-server.ts";

let trial: TrialServer;
let alice: KeyHolder;
let bob: KeyHolder;
before(async () => {
  trial = await startTrial();
  alice = keyHolder(trial.url);
  bob = keyHolder(trial.url);
  const first = trial.server.firstLink?.reveal() ?? "";
  await alice.perform(first, { email: "alice@example.com", name: "Alice", keyName: "one" });
});
after(() => trial.close());

/** Sends a form of a page, with the token that the page has. */
async function submit(who: KeyHolder, page: string, path: string, fields: Readonly<Record<string, string>> = {}) {
  const text = await (await who.browser.ask(`${trial.url}${page}`)).text();
  const [, token = ""] = /name="form_token" value="([^"]+)"/.exec(text) ?? [];
  return who.browser.ask(`${trial.url}${path}`, { ...fields, form_token: token });
}

async function linkIn(answer: Response): Promise<string> {
  const text = await answer.text();
  const [link] = /http:\/\/localhost:\d+\/invite\/[\w-]+/.exec(text) ?? assert.fail(text);
  return link;
}

/** Invites somebody. @returns their link. */
async function invited(email: string, groups = ""): Promise<string> {
  return linkIn(await submit(alice, "/admin", "/admin/invites", { email, name: email, groups }));
}

async function idOf(email: string): Promise<string> {
  const [row] = await trial.server.storage.read("SELECT id FROM person WHERE email = ?", [email]);
  return String(row?.["id"]);
}

async function eventsOf(name: string): Promise<number> {
  const rows = await trial.server.storage.read("SELECT 1 AS one FROM audit_row WHERE name = ?", [name]);
  return rows.length;
}

describe("people", { concurrency: false }, () => {
  let link = "";

  test("are invited by an administrator, into groups", async () => {
    const fields = { email: "bob@example.com", name: `Bob <b>&"'`, groups: "dev, ops" };
    link = await linkIn(await submit(alice, "/admin", "/admin/invites", fields));
    const page = await (await bob.browser.ask(link)).text();
    assert.match(page, /Bob &#60;b&#62;&#38;&#34;&#39;/);
    await bob.perform(link, { keyName: "bob's key" });
    const account = await (await bob.browser.ask(`${trial.url}/account`)).text();
    assert.match(account, /dev, ops/);
    assert.equal(await eventsOf("person.enrolled"), 2);
  });

  test("use an invitation once, and none that was withdrawn or is too old", async () => {
    assert.equal((await keyHolder(trial.url).browser.ask(link)).status, 410);
    const [withdrawn, old] = [await invited("c@example.com"), await invited("d@example.com")];
    const [row] = await trial.server.storage.read("SELECT digest FROM invite WHERE email = 'c@example.com'");
    await submit(alice, "/admin", `/admin/invites/${row?.["digest"]}/withdraw`);
    assert.equal((await keyHolder(trial.url).browser.ask(withdrawn)).status, 410);
    trial.advance(3 * 86_400 + 1);
    assert.equal((await keyHolder(trial.url).browser.ask(old)).status, 410);
    trial.advance(-3 * 86_400 - 1);
  });

  test("who have registered leave no other link behind, by which they would come back after they were removed", async () => {
    const [first, second] = [
      await invited("twice@example.com", "administrators"),
      await invited("twice@example.com", "administrators"),
    ];
    await keyHolder(trial.url).perform(second, { keyName: "one" });
    assert.equal((await keyHolder(trial.url).browser.ask(first)).status, 410);
    // One that was left over by an earlier version goes with the person.
    const unit = trial.server.storage.openUnit();
    const id = await idOf("twice@example.com");
    const invite = { kind: "join", person: "other", email: "twice@example.com", name: "T", groups: [], madeBy: null } as const;
    makeInvite(unit, { ...invite, madeAt: 0, expiresAt: 9_999_999_999 }, NOBODY);
    await removePerson(unit, { id, email: "twice@example.com", name: "T", active: true, madeAt: 0 }, NOBODY);
    await unit.commit();
    assert.deepEqual(await trial.server.storage.read("SELECT 1 FROM invite WHERE email = 'twice@example.com'"), []);
  });

  test("who are registered are invited by no page, which says so", async () => {
    const before = await trial.server.storage.read("SELECT 1 FROM invite", []);
    const fields = { email: "Bob@example.com", name: "Another Bob", groups: "" };
    const refused = await submit(alice, "/admin", "/admin/invites", fields);
    assert.equal(refused.status, 409);
    assert.match(await refused.text(), /Somebody is registered as bob@example\.com already/);
    assert.deepEqual(await trial.server.storage.read("SELECT 1 FROM invite", []), before);
  });

  test("who are no administrators see and change nothing of others", async () => {
    assert.equal((await bob.browser.ask(`${trial.url}/admin`)).status, 403);
    const id = await idOf("alice@example.com");
    assert.equal((await submit(bob, "/account", `/admin/people/${id}/deactivate`)).status, 403);
    assert.equal((await keyHolder(trial.url).browser.ask(`${trial.url}/admin`)).status, 303);
  });

  test("are not changed by a form that was on no page of the visitor", async () => {
    const id = await idOf("bob@example.com");
    const bare = await alice.browser.ask(`${trial.url}/admin/people/${id}/deactivate`, { form_token: "x" });
    assert.equal(bare.status, 403);
    const cookie = cookieHeader(alice.browser.cookies, `${trial.url}/`);
    const foreign = await fetch(`${trial.url}/admin/people/${id}/deactivate`, {
      method: "POST",
      headers: { cookie, origin: "https://evil.example", "content-type": "application/x-www-form-urlencoded" },
      body: "form_token=x",
    });
    assert.equal(foreign.status, 403);
  });

  test("add keys, and take one away with a key; the last one stays", async () => {
    const second = softwareAuthenticator(trial.url);
    const next = keyHolder(trial.url, second);
    for (const [name, value] of bob.browser.cookies) next.browser.cookies.set(name, value);
    await next.perform(`${trial.url}/account`, { keyName: "spare" });
    const rows = await trial.server.storage.read("SELECT id, name FROM passkey WHERE person = ? ORDER BY name", [
      await idOf("bob@example.com"),
    ]);
    assert.deepEqual(
      rows.map((row) => row["name"]),
      ["bob's key", "spare"],
    );
    const [, spare] = rows;
    await confirm(bob, `/account/keys/${spare?.["id"]}/remove`, 200);
    await confirm(bob, `/account/keys/${rows[0]?.["id"]}/remove`, 409);
  });

  test("who are deactivated are out at once, and in again with the same key", async () => {
    const id = await idOf("bob@example.com");
    await submit(alice, "/admin", `/admin/people/${id}/deactivate`);
    assert.equal((await bob.browser.ask(`${trial.url}/account`)).status, 303);
    await assert.rejects(bob.perform(`${trial.url}/sign-in`));
    const [row] = await trial.server.storage.read("SELECT body FROM audit_row WHERE name = 'sign-in.refused'");
    const { actor, details } = JSON.parse(String(row?.["body"]));
    assert.deepEqual([actor, details.reason], [id, "deactivated"]);
    await submit(alice, "/admin", `/admin/people/${id}/activate`);
    assert.equal(await bob.perform(`${trial.url}/sign-in`), `${trial.url}/account`);
  });

  test("are never without an administrator", async () => {
    const id = await idOf("alice@example.com");
    assert.equal((await submit(alice, "/admin", `/admin/people/${id}/deactivate`)).status, 403);
    assert.equal(
      (await submit(alice, "/admin", `/admin/people/${id}/groups`, { shown: "administrators", groups: "dev" })).status,
      403,
    );
  });

  test("are not shut out by their own slip", async () => {
    const carl = keyHolder(trial.url);
    const invite = { email: "carl@example.com", name: "Carl", groups: "administrators dev" };
    const made = await linkIn(await submit(alice, "/admin", "/admin/invites", invite));
    assert.match(
      await (await alice.browser.ask(`${trial.url}/admin`)).text(),
      /carl@example\.com[\s\S]*?to join<[\s\S]*?administrators, dev/,
    );
    await carl.perform(made, { keyName: "k" });
    const id = await idOf("carl@example.com");
    assert.equal((await submit(carl, "/admin", `/admin/people/${id}/deactivate`)).status, 409);
    const leave = { shown: "administrators dev", groups: "dev" };
    assert.equal((await submit(carl, "/admin", `/admin/people/${id}/groups`, leave)).status, 409);
    assert.equal(
      (await submit(carl, "/admin", `/admin/people/${id}/groups`, { shown: "administrators dev", groups: "administrators" }))
        .status,
      303,
    );
    assert.equal((await submit(carl, "/admin", `/admin/people/${id}/deactivate`, { myself: "true" })).status, 303);
    assert.equal((await carl.browser.ask(`${trial.url}/account`)).status, 303);
  });

  test("who lost every key are let in by two administrators, not by one", async () => {
    const [a, b] = [await idOf("alice@example.com"), await idOf("bob@example.com")];
    assert.equal((await submit(alice, "/admin", `/admin/people/${b}/recover`)).status, 403, "nobody else could agree");
    const carol = keyHolder(trial.url);
    await carol.perform(await invited("carol@example.com", "administrators"), { keyName: "k" });
    for (let times = 0; times < 2; times++) {
      const alone = await submit(alice, "/admin", `/admin/people/${b}/recover`);
      assert.equal(alone.status, 200);
      assert.doesNotMatch(await alone.text(), /\/invite\//);
    }
    const page = await (await carol.browser.ask(`${trial.url}/admin`)).text();
    assert.match(page, /alice@example\.com asked that they be let in[\s\S]*another administrator has to agree/);
    assert.match(page, /Agree: let in without a key/);
    const agreed = await linkIn(await submit(carol, "/admin", `/admin/people/${b}/recover`));
    await keyHolder(trial.url).perform(agreed, { keyName: "new" });
    assert.equal((await submit(alice, "/admin", `/admin/people/${a}/recover`)).status, 403, "for oneself");
    await submit(carol, "/admin", `/admin/people/${a}/recover`);
    assert.equal((await submit(alice, "/admin", `/admin/people/${a}/recover`)).status, 403, "by oneself");
  });

  test("use a recovery code once", async () => {
    const page = await (await submit(alice, "/account", "/account/recovery-codes")).text();
    const [code = "", second = "", third = ""] = page.match(/[a-z2-9]{5}(?:-[a-z2-9]{5}){3}/g) ?? [];
    const stranger = keyHolder(trial.url);
    const used = await stranger.browser.ask(`${trial.url}/recover`, { code: code.toUpperCase() });
    assert.equal(used.status, 303);
    // However it was copied from paper.
    for (const typed of [second.replaceAll("-", ""), ` ${third.replaceAll("-", " – ").toUpperCase()} `]) {
      assert.equal((await keyHolder(trial.url).browser.ask(`${trial.url}/recover`, { code: typed })).status, 303, typed);
    }
    const account = await stranger.perform(new URL(used.headers.get("location") ?? "", trial.url).href, { keyName: "found" });
    const told = async (url: string) => (await stranger.browser.ask(url)).text();
    assert.match(await told(account), /The keys that you lost still sign you in[\s\S]*<details id="lost-keys" open>/);
    assert.doesNotMatch(await told(`${trial.url}/account`), /still sign you in|id="lost-keys" open/);
    assert.equal((await stranger.browser.ask(`${trial.url}/recover`, { code })).status, 410);
    assert.equal((await stranger.browser.ask(`${trial.url}/recover`, { code: "aaaaa-aaaaa-aaaaa-aaaaa" })).status, 410);
    const events = await trial.server.storage.read("SELECT name, body FROM audit_row WHERE name LIKE 'recovery.code-%'");
    for (const { body, name } of events)
      assert.match(String(body), /"address":"(127\.0\.0\.1|::1)"/, `${name} without an address`);
    assert.ok(
      events.filter(({ name }) => name === "recovery.code-refused").length >= 2,
      "a code that did not count left no trace",
    );
  });

  test("who are deactivated use no recovery code, and no session that was left over", async () => {
    const gil = keyHolder(trial.url);
    await gil.perform(await invited("gil@example.com"), { keyName: "k" });
    const page = await (await submit(gil, "/account", "/account/recovery-codes")).text();
    const [code = ""] = page.match(/[a-z2-9]{5}(?:-[a-z2-9]{5}){3}/) ?? [];
    const statuses = async () => [
      (await keyHolder(trial.url).browser.ask(`${trial.url}/recover`, { code })).status,
      (await gil.browser.ask(`${trial.url}/account`)).status,
    ];
    const setActive = async (active: number) => {
      const unit = trial.server.storage.openUnit();
      unit.write("UPDATE person SET active = ? WHERE email = 'gil@example.com'", [active]);
      await unit.commit();
    };
    const [gils] = await trial.server.storage.read("SELECT id FROM person WHERE email = 'gil@example.com'");
    const lettingIn = async () =>
      (await (await alice.browser.ask(`${trial.url}/admin`)).text()).includes(`/admin/people/${gils?.["id"]}/recover`);
    assert.ok(await lettingIn());
    await setActive(0);
    assert.deepEqual(await statuses(), [410, 303]);
    assert.equal(await lettingIn(), false, "a new key would not let them in");
    await setActive(1);
    assert.deepEqual(await statuses(), [303, 200]);
  });

  test("register no key, and confirm nothing, by what was begun for somebody else", async () => {
    const [one, other] = [await invited("hal@example.com"), await invited("ida@example.com")];
    const hal = keyHolder(trial.url);
    const begin = async (who: KeyHolder, url: string) =>
      (await (await post(who.browser, url, { keyName: "k" })).json()) as { handle: string; options: never };
    const enrolment = await begin(hal, `${one}/begin`);
    const answer = await hal.key.create(enrolment.options);
    const enrolled = { handle: enrolment.handle, answer, keyName: "k" };
    assert.equal((await post(hal.browser, `${other}/finish`, enrolled)).status, 409);
    assert.equal((await hal.browser.ask(other)).status, 200, "the link was spent");

    await hal.perform(one, { keyName: "k" });
    const added = await begin(hal, `${trial.url}/account/keys/begin`);
    const second = { handle: added.handle, answer: await softwareAuthenticator(trial.url).create(added.options), keyName: "k" };
    assert.equal((await post(alice.browser, `${trial.url}/account/keys/finish`, second)).status, 409);

    const [key] = await trial.server.storage.read("SELECT id FROM passkey WHERE person = ?", [await idOf("alice@example.com")]);
    const { handle, options } = await begin(hal, `${trial.url}/account/confirm/begin`);
    const confirmed = { handle, answer: alice.key.get({ ...(options as object), allowCredentials: [] } as never) };
    assert.equal((await post(alice.browser, `${trial.url}/account/keys/${key?.["id"]}/remove`, confirmed)).status, 403);
  });

  test("administer nothing in a session that is weaker than a key, or of a level that is not known", async () => {
    const { storage } = trial.server;
    for (const level of ["passkey", "recovery", "of a later version"]) {
      const unit = storage.openUnit();
      const secret = beginWebSession(unit, {
        person: await idOf("alice@example.com"),
        level: level as Level,
        address: "192.0.2.1",
        before: undefined,
        now: trial.now(),
      });
      await unit.commit();
      assert.equal((await findWebSession(storage, secret, trial.now()))?.isAdministrator, level === "passkey", level);
    }
  });

  test("use their key again before they change something, when the last use was long ago", async () => {
    trial.advance(301);
    const id = await idOf("bob@example.com");
    assert.equal((await submit(alice, "/admin", `/admin/people/${id}/deactivate`)).status, 403);
    trial.advance(-301);
  });

  test("are led to no other site by a sign-in", async () => {
    const hostile = await alice.browser.ask(`${trial.url}/sign-in?next=${encodeURIComponent("https://evil.example/")}`);
    assert.doesNotMatch(await hostile.text(), /evil/);
    const next = await alice.perform(`${trial.url}/sign-in`, { next: "//evil.example/account" });
    assert.equal(next, `${trial.url}/account`);
  });
});

test("a person sees where they are signed in, and ends the others, with a key that was used a moment ago", async () => {
  const [here, there] = [keyHolder(trial.url), keyHolder(trial.url)];
  const fields = { email: "fay@example.com", name: "Fay", groups: "dev" };
  const [link, spare] = [await linkIn(await submit(alice, "/admin", "/admin/invites", fields)), here.key];
  await here.perform(link, { keyName: "key" });
  const again = keyHolder(trial.url, spare);
  await again.perform(`${trial.url}/sign-in`);
  // One browser has one session, however often its person signs in there.
  await again.perform(`${trial.url}/sign-in`);
  await keyHolder(trial.url, spare).perform(`${trial.url}/sign-in`);
  const ends = async (who: KeyHolder) => {
    const text = await (await who.browser.ask(`${trial.url}/account`)).text();
    return [...text.matchAll(/action="(\/account\/sessions\/[\w-]+\/end)"/g)].map(([, path = ""]) => path);
  };
  const [first = "", ...rest] = await ends(here);
  const account = await (await here.browser.ask(`${trial.url}/account`)).text();
  assert.match(account, /the server&#39;s own pages.*127\.0\.0\.1/s);
  // Which of two in the same place is ended is read out too.
  assert.match(account, /aria-label="End the session the server&#39;s own pages, signed in at 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d"/);
  assert.equal(rest.length, 1, "this session or not every other one can be ended");
  assert.equal((await submit(there, "/sign-in", first)).status, 303, "a stranger is let on");
  assert.equal((await submit(alice, "/account", first)).status, 404, "somebody else's session");
  trial.advance(301);
  for (const path of [first, "/account/sessions/end-others"]) {
    assert.match(await (await submit(here, "/account", path)).text(), /Use your key again/);
  }
  trial.advance(-301);
  assert.equal((await ends(here)).length, 2);
  const before = await eventsOf("session.ended");
  assert.equal((await submit(here, "/account", first)).status, 303);
  assert.deepEqual(await ends(here), rest);
  assert.equal((await submit(here, "/account", "/account/sessions/end-others")).status, 303);
  assert.deepEqual(await ends(here), []);
  assert.equal(await eventsOf("session.ended"), before + 2);
  assert.equal((await again.browser.ask(`${trial.url}/account`)).status, 303);
  assert.equal((await here.browser.ask(`${trial.url}/account`)).status, 200);
});

test("a person who signs out everywhere else ends a sign-in too that has used the key and is not over", async () => {
  const [there, elsewhere] = [keyHolder(trial.url, alice.key), keyHolder(trial.url, alice.key)];
  const wish = new URLSearchParams({
    client_id: CLI_CLIENT_ID,
    redirect_uri: "http://127.0.0.1:9/callback",
    response_type: "code",
    scope: "openid",
    code_challenge: "x".repeat(43),
    code_challenge_method: "S256",
  });
  const goOn = async (who: KeyHolder): Promise<string> => {
    const begun = await who.browser.follow(`${trial.url}${ENDPOINTS.authorization}?${wish}`, "http://127.0.0.1:9/");
    return who.perform(begun.url);
  };
  assert.match(
    (await elsewhere.browser.follow(await goOn(elsewhere), "http://127.0.0.1:9/")).url,
    /code=/,
    "it would have gone on",
  );
  const stopped = await goOn(there);
  assert.equal((await submit(alice, "/account", "/account/sessions/end-others")).status, 303);
  const { url, page } = await there.browser.follow(stopped, "http://127.0.0.1:9/");
  assert.deepEqual([url, /interaction session not found/.test(page ?? "")], [stopped, true], page ?? "");
});

async function confirm(who: KeyHolder, finish: string, status: number): Promise<void> {
  const begun = (await (await post(who.browser, `${trial.url}/account/confirm/begin`, {})).json()) as {
    handle: string;
    options: never;
  };
  const answer = who.key.get(begun.options);
  const finished = await post(who.browser, `${trial.url}${finish}`, { handle: begun.handle, answer });
  assert.equal(finished.status, status, await finished.text());
}
