import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startProvider, type TestProvider } from "../providers/oidc-provider.ts";
import { signInAsPerson } from "../providers/person.ts";
import { apiCaller, refused } from "./api-caller.ts";
import { type Browser, openBrowser } from "./browser.ts";
import { type KeyHolder, keyHolder, post } from "./key-holder.ts";
import { startTrial, type TrialServer } from "./trial-server.ts";

const SECRET = "the-upstream-secret-that-nobody-may-see";

/** What the provider says of who signs in there, by the name that they type. */
const PEOPLE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  alice: { email: "Alice@Example.com", email_verified: true, name: "Alice\u202e Archer" },
  bob: { email: "bob@example.com", email_verified: true, name: "Bob" },
  carol: { email: "carol@example.com", email_verified: true, tid: "t1" },
  mallory: { email: "mallory@example.com", email_verified: false },
  said: { email: "said@example.com", email_verified: "true" },
  stranger: { email: "stranger@example.org", email_verified: true },
  nameless: { email_verified: true },
};

describe("a sign-in provider before the registration of a key", { concurrency: false }, () => {
  let provider: TestProvider;
  let trial: TrialServer;
  let admin: KeyHolder;
  before(async () => {
    trial = await startTrial({ file: { internalNetworks: ["127.0.0.0/8"] } });
    provider = await startProvider({
      client: {
        client_id: "brevet-server",
        client_secret: SECRET,
        token_endpoint_auth_method: "client_secret_post",
        application_type: "web",
        redirect_uris: [`${trial.url}/enrol/callback`],
        grant_types: ["authorization_code"],
      },
      configuration: {
        scopes: ["openid", "email", "profile"],
        claims: { openid: ["sub", "tid"], email: ["email", "email_verified"], profile: ["name"] },
        findAccount: async (_, id) => ({ accountId: id, claims: async () => ({ sub: id, ...PEOPLE[id] }) }),
      },
    });
    admin = keyHolder(trial.url);
    await admin.perform(trial.server.firstLink?.reveal() ?? "", { email: "root@example.com", name: "Root", keyName: "key" });
  });
  after(async () => {
    await provider.close();
    await trial.close();
  });

  const page = `/admin/sign-in-provider`;
  const read = async (browser: Browser, path: string): Promise<string> =>
    (await browser.ask(new URL(path, trial.url).href)).text();
  async function set(fields: Readonly<Record<string, string>>): Promise<Response> {
    const form = {
      ...hidden(await read(admin.browser, page)),
      name: "Corp",
      issuer: provider.issuer,
      clientId: "brevet-server",
      clientSecret: SECRET,
      domains: "example.com",
    };
    return admin.browser.ask(`${trial.url}${page}`, { enrols: "everybody", ...form, ...fields });
  }

  /** Goes to the provider from a page that leads there. @returns where it sends the browser back to. */
  async function goThrough(browser: Browser, login: string, fields: Readonly<Record<string, string>> = {}): Promise<string> {
    const sent = await browser.ask(`${trial.url}/enrol/begin`, { ...fields });
    assert.equal(sent.status, 303, await sent.text());
    const end = await signInAsPerson(sent.headers.get("location") ?? "", login);
    // The person without our cookie went on to the callback, as a browser would that did not begin this.
    assert.deepEqual([new URL(end.url).pathname, end.status], ["/enrol/callback", 400]);
    return end.url;
  }

  async function refusalOf(login: string): Promise<string> {
    const browser = openBrowser();
    const answer = await browser.ask(await goThrough(browser, login));
    const body = await answer.text();
    assert.equal(answer.status, 403, body);
    return body;
  }

  test("is none at first: nobody enrols by themselves", async () => {
    assert.match(await read(openBrowser(), "/enrol"), /you need a link/);
    assert.equal((await openBrowser().ask(`${trial.url}/enrol/begin`, {})).status, 400);
  });

  test("is tried before it is kept, and its secret is never shown", async () => {
    for (const [fields, status] of [
      [{ issuer: "http://id.example.com" }, 400],
      [{ issuer: "https://login.microsoftonline.com/common/v2.0" }, 400],
      [{ issuer: `${provider.issuer}/other` }, 424],
      [{ issuer: "http://localhost:1" }, 424],
      [{ clientSecret: "" }, 400],
      [{ groups: "administrators" }, 400],
      [{ domains: "*" }, 400],
      [{ domains: "" }, 400],
      [{ enrols: "nobody" }, 400],
      [{ claims: "tid" }, 400],
      [{ form_token: "forged" }, 403],
    ] as const) {
      assert.equal((await set(fields)).status, status, JSON.stringify(fields));
    }
    assert.match(await read(openBrowser(), "/enrol"), /you need a link/);
    assert.equal((await set({ groups: "staff" })).status, 303);
    assert.equal((await set({ groups: "staff", clientSecret: "" })).status, 303);
    const shown = await read(admin.browser, page);
    assert.ok(shown.includes(provider.issuer) && !shown.includes(SECRET));
    // A secret that is kept goes to no other issuer.
    assert.equal((await set({ issuer: "https://thief.example", clientSecret: "" })).status, 400);
  });

  test("lets everybody of its domains register a key, once for each sign-in, in the browser that began it", async () => {
    const alice = keyHolder(trial.url);
    const back = await goThrough(alice.browser, "alice");
    const passed = await alice.browser.ask(back);
    assert.equal(passed.status, 303, await passed.text());
    const link = new URL(passed.headers.get("location") ?? "", trial.url).href;
    const elsewhere = openBrowser();
    assert.match(await read(elsewhere, link), /First show that you are who you say/);
    assert.equal((await post(elsewhere, `${link}/begin`, {})).status, 403);
    assert.equal((await alice.browser.ask(back)).status, 400);
    assert.equal(await alice.perform(link, { keyName: "blue key" }), `${trial.url}/account`);
    const account = await read(alice.browser, "/account");
    assert.match(account, /Alice Archer.*alice@example\.com.*staff/s);
    assert.match(await refusalOf("alice"), /has a key here already/);
  });

  test("lets nobody in by an address that is not verified, or is of another domain", async () => {
    assert.match(await refusalOf("mallory"), /has not verified the address/);
    assert.match(await refusalOf("said"), /has not verified the address/);
    assert.match(await refusalOf("stranger"), /[Pp]eople of example\.org/);
    assert.match(await refusalOf("nameless"), /does not say your e-mail address/);
  });

  test("lets nobody in without the claims that it must have", async () => {
    assert.equal((await set({ claims: "tid=t1" })).status, 303);
    assert.match(await refusalOf("bob"), /does not say <code>tid<\/code>/);
    const carol = openBrowser();
    assert.equal((await carol.ask(await goThrough(carol, "carol"))).status, 303);
  });

  test("stands before invitations, and the one who comes has to be the one who is invited", async () => {
    assert.equal((await set({ enrols: "invited" })).status, 303);
    assert.match(await read(openBrowser(), "/enrol"), /you need a link/);
    const [, token = ""] = /name="form_token" value="([^"]+)"/.exec(await read(admin.browser, "/admin")) ?? [];
    const made = await admin.browser.ask(`${trial.url}/admin/invites`, {
      form_token: token,
      email: "bob@example.com",
      name: "Bob",
      groups: "dev",
    });
    const [, link = "", secret = ""] = /<code>(\S+\/invite\/(\S+))<\/code>/.exec(await made.text()) ?? [];
    const thief = openBrowser();
    assert.equal((await post(thief, `${link}/begin`, {})).status, 403);
    const refused = await thief.ask(await goThrough(thief, "carol", { invite: secret }));
    assert.equal(refused.status, 403);
    assert.match(await read(thief, link), /sign in at Corp as <strong>bob@example\.com/);
    const bob = keyHolder(trial.url);
    assert.equal((await bob.browser.ask(await goThrough(bob.browser, "bob", { invite: secret }))).status, 303);
    assert.equal(await bob.perform(link, { keyName: "red key" }), `${trial.url}/account`);
    assert.equal((await openBrowser().ask(`${trial.url}/enrol/begin`, { invite: secret })).status, 410);
  });

  test("sends back nobody who did not begin there: a wrong state, an error, another issuer's answer", async () => {
    const browser = openBrowser();
    await browser.ask(`${trial.url}/enrol/begin`, {});
    for (const query of ["", "?state=x&code=y", "?error=access_denied", "?state=a&state=b"]) {
      assert.equal((await browser.ask(`${trial.url}/enrol/callback${query}`)).status, 400, query);
    }
    const other = openBrowser();
    const url = new URL(await goThrough(other, "bob"));
    url.searchParams.set("iss", "https://other.example");
    assert.equal((await other.ask(url.href)).status, 403);
  });

  test("is shown, set and removed by the administrators' API, which never shows its secret", async () => {
    await trial.addPerson({ id: "ann", email: "ann@example.com", groups: ["administrators"] });
    const ann = await apiCaller(trial, "ann");
    const path = "/sign-in-provider";
    const corp = {
      name: "Corp",
      issuer: provider.issuer,
      clientId: "brevet-server",
      domains: ["example.com"],
      enrols: "everybody",
    };
    const any = { "if-match": "*" };
    await refused(ann.call("PUT", path, { ...corp, clientSecret: SECRET }), 400, "REQUEST_INVALID");
    const [seen, made] = [await ann.call("GET", path), await ann.call("PUT", path, { ...corp, clientSecret: SECRET }, any)];
    assert.equal(made.status, 200);
    const stale = { "if-match": seen.headers.get("etag") ?? "" };
    await refused(ann.call("PUT", path, { ...corp, name: "Late" }, stale), 412, "VERSION_STALE");
    await refused(ann.call("DELETE", path, undefined, stale), 412, "VERSION_STALE");
    const fresh = { "if-match": made.headers.get("etag") ?? "" };
    const both = await Promise.all(["A", "B"].map((name) => ann.call("PUT", path, { ...corp, name }, fresh)));
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 412]);
    assert.equal((await ann.call("PUT", path, { ...corp, name: "Corporation" }, any)).status, 200);
    const shown = await ann.call("GET", path);
    assert.equal((shown.body as { provider: { name: string } }).provider.name, "Corporation");
    assert.ok(!JSON.stringify(shown.body).includes(SECRET) && !JSON.stringify(shown.body).includes("sealed"));
    await refused(ann.call("PUT", path, { ...corp, issuer: "https://thief.example" }, any), 400, "NAME_INVALID");
    await refused(
      ann.call("PUT", path, { ...corp, issuer: "http://id.example.com", clientSecret: "x" }, any),
      400,
      "URL_INVALID",
    );
    await refused(
      ann.call("PUT", path, { ...corp, issuer: "http://localhost:1", clientSecret: "x" }, any),
      424,
      "UPSTREAM_UNREACHABLE",
    );
    const away = await ann.call("PUT", path, { ...corp, issuer: "http://localhost:1", clientSecret: "x" }, any);
    const { hints } = away.body as { readonly hints: readonly string[] };
    assert.match(
      hints.join("\n"),
      /curl http:\/\/localhost:1\/\.well-known\/openid-configuration`[\s\S]+`internalNetworks` of server\.json/,
    );
    await refused(ann.call("PUT", path, { ...corp, groups: ["administrators"] }, any), 400, "NAME_INVALID");
    assert.equal((await ann.call("DELETE", path)).status, 204);
    assert.deepEqual((await ann.call("GET", path)).body, { provider: null });
    assert.equal((await ann.call("PUT", path, { ...corp, clientSecret: SECRET }, any)).status, 200);
  });

  test("is removed at run time", async () => {
    const [shown, changed] = [await read(admin.browser, page), await set({ name: "Changed meanwhile" })];
    assert.equal(changed.status, 303);
    assert.equal((await admin.browser.ask(`${trial.url}${page}/remove`, hidden(shown))).status, 412);
    const now = hidden(await read(admin.browser, page));
    assert.equal((await admin.browser.ask(`${trial.url}${page}/remove`, now)).status, 303);
    assert.equal((await openBrowser().ask(`${trial.url}/enrol/begin`, {})).status, 400);
  });
});

test("a sign-in provider in a network of one's own is asked only where the settings allow it", async () => {
  const provider = await startProvider();
  const trial = await startTrial();
  try {
    const admin = keyHolder(trial.url);
    await admin.perform(trial.server.firstLink?.reveal() ?? "", { email: "root@example.com", name: "Root", keyName: "key" });
    const form = await (await admin.browser.ask(`${trial.url}/admin/sign-in-provider`)).text();
    const answer = await admin.browser.ask(`${trial.url}/admin/sign-in-provider`, {
      ...hidden(form),
      name: "Corp",
      issuer: provider.issuer,
      clientId: "c",
      clientSecret: "s",
      domains: "example.com",
      enrols: "everybody",
    });
    assert.equal(answer.status, 424);
    assert.deepEqual(provider.requests, []);
  } finally {
    await trial.close();
    await provider.close();
  }
});

/** What a page's form sends beside what people type. */
function hidden(page: string): Readonly<Record<string, string>> {
  const fields = [...page.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)];
  return Object.fromEntries(fields.map(([, name = "", value = ""]) => [name, value]));
}
