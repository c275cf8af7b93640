import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Secret } from "../../src/core/secret.ts";
import { privateFiles } from "../../src/platform/private-files.ts";
import { NOBODY } from "../../src/server/audit/event.ts";
import { openSeal } from "../../src/server/keys/seal.ts";
import { ROWS } from "../../src/server/pages/table.ts";
import { parseUpstream, replaceUpstream } from "../../src/server/upstream/upstream.ts";
import { type KeyHolder, keyHolder, post } from "./key-holder.ts";
import { startTrial, type TrialServer } from "./trial-server.ts";

let trial: TrialServer;
let alice: KeyHolder;
before(async () => {
  trial = await startTrial();
  alice = keyHolder(trial.url);
  await alice.perform(trial.server.firstLink?.reveal() ?? "", { email: "alice@example.com", name: "Alice", keyName: "one" });
  await trial.addPerson({ id: "bob", email: "bob@example.com", groups: ["dev"] });
});
after(() => trial.close());

/** Sends a form of a page. @returns the page that comes instead of what was wanted. */
async function refusedForm(page: string, path: string, fields: Readonly<Record<string, string>>, status: number) {
  const text = await (await alice.browser.ask(`${trial.url}${page}`)).text();
  const [, token = ""] = /name="form_token" value="([^"]+)"/.exec(text) ?? [];
  const [, version = ""] = /name="version" value="([^"]+)"/.exec(text) ?? [];
  const answer = await alice.browser.ask(`${trial.url}${path}`, { version, ...fields, form_token: token });
  const shown = await answer.text();
  assert.equal(answer.status, status, shown);
  assert.match(shown, /<p role="alert">/);
  assert.match(shown, /aria-current="page"/, "it is not the page that the form is on");
  return shown;
}

/** The value of a field, in the part of a page that begins with a text. */
function fieldIn(page: string, name: string, from = ""): string | undefined {
  const part = page.slice(page.indexOf(from));
  const [field = ""] = new RegExp(`<input[^>]* ?name="${name}"[^>]*>`).exec(part) ?? [];
  return /value="([^"]*)"/.exec(field)?.[1];
}

/** The text of an attribute. */
const unescaped = (attribute: string): string => attribute.replaceAll("&#38;", "&");

describe("a form of administrators that is refused", { concurrency: false }, () => {
  test("is an invitation, of which nothing has to be typed again", async () => {
    const typed = { email: "carol@example.com", name: "Carol", groups: "Dev Team" };
    const shown = await refusedForm("/admin", "/admin/invites", typed, 400);
    assert.deepEqual(
      ["email", "name", "groups"].map((name) => fieldIn(shown, name, "Invite somebody")),
      Object.values(typed),
    );
    assert.doesNotMatch(shown, /<details open>/);
  });

  test("are the groups of a person, which are open with what was typed, and nowhere else", async () => {
    const shown = await refusedForm("/admin", "/admin/people/bob/groups", { shown: "dev", groups: "dev OPS" }, 400);
    assert.equal(shown.match(/<details open>/g)?.length, 1);
    assert.equal(fieldIn(shown, "groups", "<details open>"), "dev OPS");
    assert.equal(fieldIn(shown, "groups", "Invite somebody"), "");
  });

  test("is an application, when it is registered and when it is changed", async () => {
    const typed = { name: "Grafana", redirects: "http://grafana.example/back", method: "none" };
    const shown = await refusedForm("/admin/clients", "/admin/clients", typed, 400);
    assert.deepEqual(
      ["name", "redirects"].map((name) => fieldIn(shown, name)),
      [typed.name, typed.redirects],
    );
    assert.match(shown, /<option selected>none/);
    await alice.browser.ask(`${trial.url}/admin/clients`, {
      ...typed,
      redirects: "https://grafana.example/back",
      form_token: fieldIn(shown, "form_token") ?? "",
    });
    const list = await (await alice.browser.ask(`${trial.url}/admin/clients`)).text();
    const [change = ""] = /\/admin\/clients\/[\w-]+\/change/.exec(list) ?? assert.fail(list);
    const version = fieldIn(list, "version", change) ?? "";
    const changed = await refusedForm("/admin/clients", change, { name: "Grafana 2", redirects: "nowhere", version }, 400);
    assert.deepEqual(
      ["name", "redirects"].map((name) => fieldIn(changed, name, "<details open>")),
      ["Grafana 2", "nowhere"],
    );
    assert.equal(fieldIn(changed, "name"), "");
  });

  test("is a sign-in provider, of which the secret alone is typed again", async () => {
    const typed = {
      name: "Example",
      issuer: "https://localhost:1",
      clientId: "brevet",
      domains: "example.com example.org",
      groups: "dev",
      claims: "tid=1",
    };
    const fields = { ...typed, enrols: "everybody", trustsEmails: "on", clientSecret: "typed-in-vain" };
    const shown = await refusedForm("/admin/sign-in-provider", "/admin/sign-in-provider", fields, 424);
    assert.deepEqual(
      Object.keys(typed).map((name) => fieldIn(shown, name)),
      Object.values(typed),
    );
    assert.match(shown, /value="everybody" selected/);
    assert.match(shown, /name="trustsEmails" checked/);
    assert.doesNotMatch(shown, /typed-in-vain/);
    // Nor can it be sent again without: the secret that is kept would stay.
    assert.match(shown, /<input name="clientSecret" type="password"[^>]* required>/);
  });

  test("shows as code what is to be typed", async () => {
    const fields = { name: "Example", issuer: "https://localhost:1", clientId: "b", domains: "example.com", claims: "x<y" };
    const shown = await refusedForm("/admin/sign-in-provider", "/admin/sign-in-provider", { ...fields, enrols: "invited" }, 400);
    assert.match(shown, /<p>Write it as <code>hd=example\.com<\/code>\.<\/p>/);
    assert.match(shown, /<p role="alert">&#34;x&#60;y&#34; is not/);
  });
});

describe("a form that was made from what somebody else has changed meanwhile", { concurrency: false }, () => {
  /** Sends a form that is stale, and then the form that comes back, as it is filled. @returns the page between. */
  async function sentTwice(page: string, path: string, fields: Readonly<Record<string, string>>): Promise<string> {
    const shown = await refusedForm(page, path, fields, 412);
    const version = fieldIn(shown, "version", `action="${path}"`) ?? "";
    assert.notEqual(version, fields["version"]);
    const again = { ...fields, version, form_token: fieldIn(shown, "form_token") ?? "" };
    assert.equal((await alice.browser.ask(`${trial.url}${path}`, again)).status, 303);
    return shown;
  }

  test("is the rules: those that are saved now stand beside what was typed, and it can be sent again", async () => {
    const page = await (await alice.browser.ask(`${trial.url}/admin/rules`)).text();
    const version = fieldIn(page, "version") ?? "";
    const [theirs, ours] = ["theirs", "ours"].map((name) => JSON.stringify([{ name, effect: "allow" }]));
    const save = (rules = "") => ({ rules, version, form_token: fieldIn(page, "form_token") ?? "" });
    assert.equal((await alice.browser.ask(`${trial.url}/admin/rules`, save(theirs))).status, 303);
    // What is wrong in it besides is no reason to overlook the other's change.
    const wrong = await refusedForm("/admin/rules", "/admin/rules", { ...save(`${ours},`) }, 412);
    assert.match(wrong, /<pre><code>[^<]*theirs[^<]*<\/code><\/pre>[\s\S]*<textarea[^>]*>[^<]*ours[^<]*,<\/textarea>/);
    await sentTwice("/admin/rules", "/admin/rules", { rules: ours ?? "", version });
    assert.match(await (await alice.browser.ask(`${trial.url}/admin/rules`)).text(), /<textarea[^>]*>[^<]*ours/);
  });

  test("keeps its version where it is refused for another reason", async () => {
    const shown = await refusedForm("/admin/rules", "/admin/rules", { rules: "[" }, 400);
    const version = fieldIn(shown, "version") ?? "";
    const form = { version, form_token: fieldIn(shown, "form_token") ?? "" };
    assert.equal((await alice.browser.ask(`${trial.url}/admin/rules`, { ...form, rules: "[]" })).status, 303);
    const late = await refusedForm("/admin/rules", "/admin/rules", { ...form, rules: "[" }, 412);
    assert.notEqual(fieldIn(late, "version"), version);
  });

  test("is an application", async () => {
    const list = await (await alice.browser.ask(`${trial.url}/admin/clients`)).text();
    const [path = ""] = /\/admin\/clients\/[\w-]+\/change/.exec(list) ?? assert.fail(list);
    const [version = "", form_token = ""] = ["version", "form_token"].map((name) => fieldIn(list, name, path) ?? "");
    const theirs = { name: "Theirs", redirects: "https://theirs.example/back" };
    assert.equal((await alice.browser.ask(`${trial.url}${path}`, { ...theirs, version, form_token })).status, 303);
    const ours = { name: "Ours", redirects: "https://ours.example/back", version };
    const shown = await sentTwice("/admin/clients", path, ours);
    assert.equal(fieldIn(shown, "name", "<details open>"), "Ours");
    assert.ok(shown.includes(`<span class="short">${theirs.redirects}</span>`), shown);
    assert.match(await (await alice.browser.ask(`${trial.url}/admin/clients`)).text(), /ours\.example/);
  });

  test("is a sign-in provider", async () => {
    const unit = trial.server.storage.openUnit();
    const [name, issuer, clientId, domains] = ["Theirs", "https://theirs.example", "c", ["theirs.example"]];
    const upstream = parseUpstream({ name, issuer, clientId, domains, enrols: "invited" });
    const seal = openSeal(privateFiles(), trial.dataFolder, () => false);
    replaceUpstream(unit, seal, { before: null, client: { upstream, clientSecret: new Secret("a test's", "s") } }, NOBODY);
    const page = await (await alice.browser.ask(`${trial.url}/admin/sign-in-provider`)).text();
    const version = fieldIn(page, "version") ?? "";
    await unit.commit();
    const ours = { name: "Ours", issuer: "https://ours.example", clientId: "d", domains: "ours.example", enrols: "everybody" };
    const shown = await refusedForm("/admin/sign-in-provider", "/admin/sign-in-provider", { ...ours, version }, 412);
    assert.match(shown, /<dt>Issuer<\/dt><dd>https:\/\/theirs\.example<\/dd>/);
    assert.equal(fieldIn(shown, "issuer"), "https://ours.example");
    const form = { version: fieldIn(shown, "version") ?? "", form_token: fieldIn(shown, "form_token") ?? "" };
    assert.equal((await alice.browser.ask(`${trial.url}/admin/sign-in-provider/remove`, form)).status, 303);
  });
});

test("who is refused on a page that is not theirs is led to their own", async () => {
  const link = await alice.browser.ask(`${trial.url}/invite/none`);
  assert.equal(link.status, 410);
  assert.match(await link.text(), /<a href="\/account">/);
});

test("a key is not made under a name that would be refused once it is there", async () => {
  for (const keyName of [" ", "k".repeat(101), "a\u202eb"]) {
    const begun = await post(alice.browser, `${trial.url}/account/keys/begin`, { keyName });
    assert.deepEqual([begun.status, ((await begun.json()) as { code: string }).code], [400, "NAME_INVALID"], keyName);
  }
  const text = await (await alice.browser.ask(`${trial.url}/admin`)).text();
  const fields = { email: "dan@example.com", name: "Dan", groups: "", form_token: fieldIn(text, "form_token") ?? "" };
  const made = await (await alice.browser.ask(`${trial.url}/admin/invites`, fields)).text();
  const [link = ""] = /http:\/\/localhost:\d+\/invite\/[\w-]+/.exec(made) ?? assert.fail(made);
  const dan = keyHolder(trial.url);
  await assert.rejects(dan.perform(link, { keyName: " " }));
  assert.equal((await post(dan.browser, `${link}/begin`, { keyName: " " })).status, 400);
  assert.equal(await dan.perform(link, { keyName: "first" }), `${trial.url}/account`);
});

describe("a form beyond the first page of its list", { concurrency: false }, () => {
  /** The second part of a list, and the last form of the kind there. */
  async function lastForm(page: string, form: RegExp): Promise<{ readonly list: string; readonly path: string }> {
    const first = await (await alice.browser.ask(`${trial.url}${page}`)).text();
    const [, next = ""] = /href="([^"]+)" rel="next"/.exec(first) ?? assert.fail(first);
    const list = unescaped(next);
    const second = await (await alice.browser.ask(`${trial.url}${list}`)).text();
    const path = [...second.matchAll(form)].at(-1)?.[1] ?? assert.fail(second);
    return { list, path: unescaped(path) };
  }

  test("is shown there again when it is refused, and when it was done", async () => {
    for (let made = 0; made < ROWS; made++) await trial.addPerson({ id: `z${made}`, email: `z${made}@example.com`, groups: [] });
    const { list, path } = await lastForm("/admin", /action="(\/admin\/people\/[^"]*\/groups[^"]*)"/g);
    const shown = await refusedForm(list, path, { shown: "", groups: "dev OPS" }, 400);
    assert.equal(fieldIn(shown, "groups", "<details open>"), "dev OPS");
    const done = { shown: "", groups: "ops", form_token: fieldIn(shown, "form_token") ?? "" };
    assert.equal((await alice.browser.ask(`${trial.url}${path}`, done)).headers.get("location"), list);
  });

  test("is that of an application too, and after the key was used again", async () => {
    const page = await (await alice.browser.ask(`${trial.url}/admin/clients`)).text();
    const fields = { name: "App", redirects: "https://app.example/back", method: "none" };
    const form_token = fieldIn(page, "form_token") ?? "";
    for (let made = 0; made < ROWS; made++) await alice.browser.ask(`${trial.url}/admin/clients`, { ...fields, form_token });
    const { list, path } = await lastForm("/admin/clients", /action="(\/admin\/clients\/[^"]*\/change[^"]*)"/g);
    const shown = await refusedForm(list, path, { name: "Far", redirects: "nowhere" }, 400);
    assert.equal(fieldIn(shown, "name", "<details open>"), "Far");
    trial.advance(1000);
    const asked = await (
      await alice.browser.ask(`${trial.url}${path}`, { name: "Far", redirects: "nowhere", form_token })
    ).text();
    const [, again = ""] = /action="([^"]+)" data-again/.exec(asked) ?? assert.fail(asked);
    assert.equal(unescaped(again), path);
  });
});
