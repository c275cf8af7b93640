import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type KeyHolder, keyHolder, post } from "./key-holder.ts";
import { startTrial, type TrialServer } from "./trial-server.ts";

let trial: TrialServer;
let alice: KeyHolder;
before(async () => {
  trial = await startTrial({ settings: { requestsPerMinute: 100_000 } });
  alice = keyHolder(trial.url);
  const about = { email: "alice@example.com", name: "Alice", keyName: `blue <b>"key"` };
  await alice.perform(trial.server.firstLink?.reveal() ?? "", about);
});
after(() => trial.close());

async function page(path: string): Promise<string> {
  const answer = await alice.browser.ask(`${trial.url}${path}`);
  assert.equal(answer.status, 200, path);
  return answer.text();
}

/** Sends a form of a page, with the tokens that the page has. */
async function submit(path: string, action: string, fields: Readonly<Record<string, string>> = {}): Promise<Response> {
  const text = await page(path);
  const hidden = [...text.matchAll(/type="hidden" name="([\w]+)" value="([^"]*)"/g)].map(([, name = "", value = ""]) => [
    name,
    value,
  ]);
  return alice.browser.ask(`${trial.url}${action}`, { ...Object.fromEntries(hidden), ...fields });
}

/** @returns the token for the form that is sent again. */
async function useAgain({ browser }: KeyHolder, key: KeyHolder["key"]): Promise<string> {
  const begun = await post(browser, `${trial.url}/account/confirm/begin`, {});
  const { handle, options } = (await begun.json()) as { handle: string; options: never };
  const finished = await post(browser, `${trial.url}/account/confirm/finish`, { handle, answer: key.get(options) });
  assert.equal(finished.status, 200);
  return ((await finished.json()) as { formToken: string }).formToken;
}

/** Does what the guide has somebody do who has lost every administrator. */
async function administratorsBy(address: string): Promise<readonly unknown[]> {
  const guide = readFileSync(join(import.meta.dirname, "../../docs/guides/login-server-recovery.md"), "utf8");
  const [, statement = ""] = /^\$ sqlite3 brevet\.sqlite "(INSERT [^;]+); SELECT changes\(\)"$/m.exec(guide) ?? [];
  assert.match(statement, /bob@example\.com/);
  const unit = trial.server.storage.openUnit();
  unit.write(statement.replace("bob@example.com", address), []);
  await unit.commit();
  const rows = await trial.server.storage.read(
    "SELECT email FROM membership JOIN person ON person.id = membership.person WHERE team = 'administrators'",
  );
  return rows.map(({ email }) => email);
}

const PATHS = ["/admin", "/admin/keys", "/admin/clients", "/admin/rules", "/admin/signing-keys", "/admin/audit"];

describe("the pages of administrators", { concurrency: false }, () => {
  test("lead to each other, escape what they show, and hold no script", async () => {
    for (const path of PATHS) {
      const text = await page(path);
      for (const other of PATHS) assert.ok(text.includes(`href="${other}"`), `${path} has no link to ${other}`);
      assert.match(text, new RegExp(`<a href="${path}" aria-current="page">`));
      assert.doesNotMatch(text, /<script>|<style|style=|onclick|blue <b>/);
    }
    assert.match(await page("/admin/keys"), /blue &#60;b&#62;/);
    assert.match(await page("/admin/audit?event=passkey.added"), /passkey\.added/);
  });

  test("are for administrators who used their key a moment ago", async () => {
    const stranger = keyHolder(trial.url);
    for (const path of PATHS) assert.equal((await stranger.browser.ask(`${trial.url}${path}`)).status, 303);
    trial.advance(301);
    assert.equal((await submit("/admin/signing-keys", "/admin/signing-keys/rotate")).status, 403);
    const late = await (await submit("/admin/rules", "/admin/rules", { rules: `[ "typed & kept" ]` })).text();
    assert.match(
      late,
      /<form method="post" action="\/admin\/rules" data-again>[\s\S]*name="rules" value="\[ &#34;typed &#38; kept&#34; \]"/,
    );
    trial.advance(-301);
    assert.match(await page("/admin/rules"), /rows="8">\[\]</);
    await trial.addPerson({ id: "bob", email: "bob@example.com" });
    const unit = trial.server.storage.openUnit();
    unit.write("DELETE FROM membership WHERE team = 'administrators'", []);
    await unit.commit();
    for (const path of PATHS) {
      const refusal = await alice.browser.ask(`${trial.url}${path}`);
      assert.equal(refusal.status, 403);
      assert.doesNotMatch(await refusal.text(), /href="\/admin/, "who is no administrator is led to their pages");
    }
    assert.deepEqual(await administratorsBy("bob@example.com"), [], "bob has no key, and could not sign in");
    assert.deepEqual(await administratorsBy("alice@example.com"), ["alice@example.com"]);
  });

  test("keep a form that comes after the hour of its session, but no secret, for who uses the same key again", async () => {
    const own = keyHolder(trial.url, alice.key);
    const text = await page("/admin/rules");
    const [, token = ""] = /name="form_token" value="([^"]+)"/.exec(text) ?? [];
    for (const [name, value] of alice.browser.cookies) own.browser.cookies.set(name, value);
    trial.advance(3601);
    assert.equal((await own.browser.ask(`${trial.url}/admin/rules`)).status, 303, "a session that is over shows something");
    const sent = (path: string, fields: object) => own.browser.ask(`${trial.url}${path}`, { form_token: token, ...fields });
    const kept = await sent("/admin/rules", { rules: "[]", version: "typed" });
    assert.equal(kept.status, 403);
    assert.match(await kept.text(), /<form method="post" action="\/admin\/rules" data-again>[\s\S]*name="version" value="typed"/);
    const secret = await (await sent("/admin/sign-in-provider", { name: "kept", clientSecret: "typed-too-late" })).text();
    assert.match(secret, /name="name" value="kept"/);
    assert.match(secret, /<input name="clientSecret" type="password"[^>]* required>/);
    assert.doesNotMatch(secret, /typed-too-late/);
    assert.equal((await sent("/admin/rules", { form_token: "another's" })).status, 403);
    assert.equal((await post(own.browser, `${trial.url}/account/keys/begin`, {})).status, 403);
    const stranger = keyHolder(trial.url);
    await assert.rejects(useAgain(own, stranger.key), "somebody else's key");
    const again = await useAgain(own, alice.key);
    assert.match(await (await sent("/admin/rules", { form_token: again, rules: "[", version: "" })).text(), /rules/);
    assert.equal((await own.browser.ask(`${trial.url}/admin/rules`)).status, 200);
    trial.advance(-3601);
    for (const [name, value] of own.browser.cookies) alice.browser.cookies.set(name, value);
    trial.advance(2 * 3601 + 86_400);
    assert.equal(
      (await sent("/admin/rules", { form_token: again, rules: "[]" })).status,
      303,
      "a session of yesterday keeps a form",
    );
    trial.advance(-2 * 3601 - 86_400);
  });

  test("find people by a part of their name or address, in capitals or not, and say when there is none", async () => {
    await trial.addPerson({ id: "odd", email: "odd_one@example.com", name: "Österreich 100% محمد" });
    const found = async (like: string): Promise<boolean> =>
      (await page(`/admin?like=${encodeURIComponent(like)}`)).includes("odd_one@example.com");
    for (const like of ["Ö", "TERREICH", "محم", "ODD_", "100%"]) assert.ok(await found(like), like);
    for (const like of ["odd%one", "1_0%", "\u0000odd"]) assert.ok(!(await found(like)), like);
    assert.match(await page("/admin?like=nobody"), /There are no people here\./);
    assert.match(await page("/admin/keys?person=nobody@example.com"), /role="alert">There is no person nobody@example\.com\.</);
    assert.match(await page("/admin/audit?person=nobody@example.com"), /There are no events here\./);
  });

  test("give long lists in parts, and the way on and back", async () => {
    for (let count = 0; count < 30; count++)
      await trial.addPerson({ id: `many${count}`, email: `many${count + 10}@example.com` });
    const first = await page("/admin?like=many");
    assert.equal(first.match(/data-column="E-mail"/g)?.length, 25);
    const [, next = ""] = /<a href="(\/admin\?like=many&#38;after=[\w-]+)" rel="next">/.exec(first) ?? assert.fail(first);
    const second = await page(next.replace("&#38;", "&"));
    assert.match(second, /many39@example\.com/);
    assert.match(second, /<a href="\/admin\?like=many">First page<\/a><\/nav>/);
    const here = next.replace("&#38;", "&");
    const [, deactivate = ""] = /action="([^"]*many29\/deactivate[^"]*)"/.exec(second) ?? assert.fail(second);
    const answer = await submit(here, deactivate.replaceAll("&#38;", "&"));
    assert.deepEqual([answer.status, answer.headers.get("location")], [303, here]);
  });

  for (const path of ["/admin", "/admin/keys", "/admin/signing-keys"]) {
    test(`change an entry of ${path} without leaving the part of the list that it is on`, async () => {
      const [rows = ""] = /<tbody>[\s\S]*<\/tbody>/.exec(await page(`${path}?kept=1`)) ?? [];
      const actions = [...rows.matchAll(/<form method="post" action="([^"]*)"/g)].map(([, action = ""]) => action);
      assert.ok(actions.length > 0);
      for (const action of actions) assert.match(action, /\?kept=1$/);
    });
  }

  test("lead back to the other links from a part of which the last one was taken back", async () => {
    for (let count = 0; count < 11; count++)
      await submit("/admin", "/admin/invites", { email: `link${count}@example.com`, name: "Link", groups: "" });
    const [, next = ""] = /<a href="(\/admin\?invites=[\w-]+)" rel="next">/.exec(await page("/admin")) ?? [];
    for (const [, action = ""] of (await page(next)).matchAll(/action="(\/admin\/invites\/[^"]+withdraw[^"]*)"/g))
      assert.equal((await submit(next, action)).headers.get("location"), next);
    assert.match(await page(next), /aria-label="Pages of links"><a href="\/admin">First page<\/a>/);
  });

  test("register a client, say its secret once, change it and remove it", async () => {
    const made = await submit("/admin/clients", "/admin/clients", {
      name: "App <b>",
      redirects: "https://app.example.com/back https://app.example.com/two",
      method: "client_secret_basic",
    });
    const text = await made.text();
    const [, id = "", secret = ""] = /<code>([\w-]+)<\/code>[\s\S]*?<code>([\w-]+)<\/code>/.exec(text) ?? assert.fail(text);
    const list = await page("/admin/clients");
    assert.match(list, /App &#60;b&#62;/);
    assert.doesNotMatch(list, new RegExp(secret));
    const moved = { name: "App", redirects: "https://app.example.org/back" };
    assert.equal((await submit("/admin/clients", `/admin/clients/${id}/change`, moved)).status, 303);
    assert.match(await page("/admin/clients"), /app\.example\.org/);
    assert.equal(
      (await submit("/admin/clients", "/admin/clients", { ...moved, redirects: "javascript:x", method: "none" })).status,
      400,
    );
    const removed = await submit("/admin/clients", `/admin/clients/${id}/remove?cursor=${id}`);
    assert.deepEqual([removed.status, removed.headers.get("location")], [303, `/admin/clients?cursor=${id}`]);
    assert.doesNotMatch(await page("/admin/clients"), new RegExp(id));
  });

  test("save rules that were made from those that stand, keep what was typed, and try them", async () => {
    assert.match(
      await page("/admin/rules"),
      /How a rule is written[\s\S]*signedInWithin&#34;: 3600[\s\S]*Seconds since the person last used/,
    );
    const rules = JSON.stringify([{ name: "dev", effect: "allow", groups: ["dev"] }]);
    const wrong = await submit("/admin/rules", "/admin/rules", { rules: `${rules},` });
    assert.equal(wrong.status, 400);
    assert.match(await wrong.text(), /This is not JSON[\s\S]*&#34;dev&#34;/);
    const misspelt = rules.replace("]}]", `]}, { "name": "b", "effect": "allow", "group": ["dev"] }]`);
    const unknown = await submit("/admin/rules", "/admin/rules", { rules: misspelt });
    assert.match(await unknown.text(), /Rule 2 has an unknown key &#34;group&#34;\.<\/p><p>Did you mean &#34;groups&#34;\?<\/p>/);
    assert.equal((await submit("/admin/rules", "/admin/rules", { rules })).status, 303);
    const stale = await submit("/admin/rules", "/admin/rules", { rules: "[]", version: "x" });
    assert.match(await stale.text(), /Somebody else has changed the rules/);
    assert.match(await page("/admin/rules?person=alice@example.com"), /<strong>Denied<\/strong>: no rule is about it/);
  });

  test("publish new signing keys and revoke one", async () => {
    assert.equal((await submit("/admin/signing-keys", "/admin/signing-keys/rotate")).status, 303);
    assert.equal((await submit("/admin/signing-keys", "/admin/signing-keys/rotate")).status, 409);
    const [, kid = ""] = /signing-keys\/([\w-]+)\/revoke/.exec(await page("/admin/signing-keys")) ?? [];
    assert.equal((await submit("/admin/signing-keys", `/admin/signing-keys/${kid}/revoke`)).status, 303);
    assert.match(await page("/admin/signing-keys"), /revoked/);
    assert.ok(!trial.server.current.keys().keys.some((key) => key.kid === kid), "this instance goes on with a revoked key");
  });

  test("take a key away, but not the last one of the last administrator", async () => {
    const id = await trial.addKey("bob");
    assert.match(await page("/admin/keys?person=bob@example.com"), new RegExp(id));
    assert.equal((await submit("/admin/keys", `/admin/keys/${id}/take`)).status, 303);
    const [, own = ""] = /keys\/([\w%-]+)\/take/.exec(await page("/admin/keys?person=alice@example.com")) ?? [];
    const last = await submit("/admin/keys", `/admin/keys/${own}/take`);
    assert.equal(last.status, 403);
    // It is found when it is committed, and is a page all the same, with the ways on.
    const refusal = await last.text();
    assert.match(refusal, /This did not work[\s\S]*role="alert"/);
    assert.match(refusal, /href="\/admin\/keys"/);
  });
});
