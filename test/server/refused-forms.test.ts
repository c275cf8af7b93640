import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
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
    const changed = await refusedForm("/admin/clients", change, { name: "Grafana 2", redirects: "nowhere" }, 400);
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
  });

  test("says what to type in the letters of what is typed", async () => {
    const fields = { name: "Example", issuer: "https://localhost:1", clientId: "b", domains: "example.com", claims: "x<y" };
    const shown = await refusedForm("/admin/sign-in-provider", "/admin/sign-in-provider", { ...fields, enrols: "invited" }, 400);
    assert.match(shown, /<p>Write it as <code>hd=example\.com<\/code>\.<\/p>/);
    assert.match(shown, /<p role="alert">&#34;x&#60;y&#34; is not/);
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
