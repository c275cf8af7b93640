import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { CLI_CLIENT_ID, ENDPOINTS } from "../../src/wire/brevet-api/endpoints.ts";
import { type Browser, openBrowser } from "./browser.ts";
import { startTrial, type TrialServer } from "./trial-server.ts";

const ISSUER = "https://id.example.com";

/** What a neighbouring host (`wiki.example.com`) can do to the cookies of somebody's browser: set all but those of the prefix. */
function toss(from: Browser, into: Browser): void {
  for (const [name, value] of from.cookies) if (!name.startsWith("__Host-")) into.cookies.set(name, value);
}

describe("a sign-in", { concurrency: false }, () => {
  let trial: TrialServer;
  before(async () => {
    trial = await startTrial({ url: ISSUER });
    await trial.addPerson({ id: "victim", email: "victim@example.com" });
    await trial.addPerson({ id: "attacker", email: "attacker@example.com" });
  });
  after(() => trial.close());

  /** Asks for a path of the server, as behind a proxy that ends TLS. @returns the path that it is sent on to, and the answer. */
  async function ask(browser: Browser, path: string, form?: Readonly<Record<string, string>>) {
    const answer = await browser.ask(`${trial.url}${path}`, form);
    const to = new URL(answer.headers.get("location") ?? "", ISSUER);
    return {
      to: to.origin === ISSUER ? `${to.pathname}${to.search}` : to.href,
      status: answer.status,
      body: await answer.text(),
    };
  }

  const BACK = "http://127.0.0.1:9/callback";
  const WISH = new URLSearchParams({
    client_id: CLI_CLIENT_ID,
    redirect_uri: BACK,
    response_type: "code",
    scope: "openid",
    code_challenge: "x".repeat(43),
    code_challenge_method: "S256",
  });

  /** @returns the path of the page that asks somebody to sign in. */
  async function begin(browser: Browser): Promise<string> {
    const { to, body } = await ask(browser, `${ENDPOINTS.authorization}?${WISH}`);
    assert.match(to, /^\/interaction\//, body);
    return to;
  }
  /** Signs in where a page asks for it. @returns where the flow goes on. */
  async function signIn(browser: Browser, page: string, account: string): Promise<string> {
    const { to, status, body } = await ask(browser, `${page}/trial`, { account });
    assert.equal(status, 303, body);
    return to;
  }

  test("ends in the browser that it began in, also when several are under way there", async () => {
    const browser = openBrowser();
    const pages = [await begin(browser), await begin(browser)];
    assert.equal((await ask(browser, pages[0] ?? "")).status, 200, "the page is there again when somebody comes back to it");
    for (const page of pages) {
      const { to } = await ask(browser, await signIn(browser, page, "victim"));
      assert.ok(to.startsWith(`${BACK}?code=`), to);
    }
    assert.deepEqual(
      [...browser.cookies.keys()].filter((name) => name.includes("begun")),
      [],
    );
  });

  test("that another began cannot be finished by who is led to it, with cookies that a neighbouring host set", async () => {
    const [attacker, victim] = [openBrowser(), openBrowser()];
    const page = await begin(attacker);
    toss(attacker, victim);
    const shown = await ask(victim, page);
    assert.deepEqual([shown.status, shown.body.includes("was not begun in this browser")], [400, true], shown.body);
    // What the page would have the browser send.
    assert.equal((await ask(victim, `${page}/trial`, { account: "victim" })).status, 400);
    const resumed = await ask(attacker, page.replace("/interaction", ENDPOINTS.authorization));
    assert.ok(!resumed.to.includes("code="), resumed.to);
  });

  test("that another finished signs in no browser that it is tossed into", async () => {
    const [attacker, victim] = [openBrowser(), openBrowser()];
    const goOn = await signIn(attacker, await begin(attacker), "attacker");
    toss(attacker, victim);
    assert.equal((await ask(victim, goOn)).status, 400);
    const own = await ask(victim, `${ENDPOINTS.authorization}?${WISH}`);
    assert.match(own.to, /^\/interaction\//, "nobody is signed in there");
    assert.ok((await ask(attacker, goOn)).to.startsWith(`${BACK}?code=`), "it was good, where it began");
  });

  test("of a device is no other browser's either", async () => {
    const [attacker, victim] = [openBrowser(), openBrowser()];
    const device = (await (
      await fetch(`${trial.url}${ENDPOINTS.deviceAuthorization}`, {
        method: "POST",
        body: new URLSearchParams({ client_id: CLI_CLIENT_ID, scope: "openid" }),
      })
    ).json()) as { readonly user_code: string };
    const xsrf = /name="xsrf" value="([^"]+)"/;
    const form = await ask(attacker, ENDPOINTS.deviceCode);
    const typed = { xsrf: xsrf.exec(form.body)?.[1] ?? "", user_code: device.user_code };
    const confirm = await ask(attacker, ENDPOINTS.deviceCode, typed);
    const confirmed = { xsrf: xsrf.exec(confirm.body)?.[1] ?? "", user_code: device.user_code, confirm: "yes" };
    const { to } = await ask(attacker, ENDPOINTS.deviceCode, confirmed);
    assert.match(to, /^\/interaction\//, confirm.body);
    toss(attacker, victim);
    assert.equal((await ask(victim, to)).status, 400);
    const done = await ask(attacker, await signIn(attacker, to, "attacker"));
    assert.match(done.body, /is signed in/);
  });
});

describe("a cookie", () => {
  test("with a no-break space before its name, which any host can set, is not the one of that name", async () => {
    const { readCookies } = await import("../../src/server/http/cookies.ts");
    const read = readCookies("\u00a0__Host-brevet_page=tossed; \t__Host-brevet_page=tossed; __Host-brevet_page=own");
    assert.equal(read.get("__Host-brevet_page"), "own");
  });
});
