import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { endSession, listSessions } from "../../src/server/people/sessions.ts";
import { beginWebSession } from "../../src/server/people/web-session.ts";
import { ENDPOINTS } from "../../src/wire/brevet-api/endpoints.ts";
import { type Browser, openBrowser, signInThrough } from "./browser.ts";
import { startTrial, type TrialOptions, type TrialServer } from "./trial-server.ts";

const APP = "https://app.example/back";

/** Sign-outs while another request of the same browser is under way, over one kind of database. */
export function signOuts(name: string, options: () => Promise<TrialOptions>): void {
  describe(`a sign-out in a browser, on ${name}`, () => {
    let trial: TrialServer;
    let app: SlowApp;
    let url: string;
    before(async () => {
      trial = await startTrial({ ...(await options()), settings: { internalNetworks: ["127.0.0.0/8"] } });
      await trial.addPerson({ id: "p1", email: "alice@example.com" });
      app = await startSlowApp();
      url = await register(trial, app);
    });
    after(() => Promise.all([app.close(), trial.close()]));

    /** A browser that is signed in at the application, which now asks whether to sign out. @returns how that is answered. */
    async function signedIn() {
      const browser = openBrowser();
      await signInThrough(browser, url, APP, { account: "p1" });
      const asked = `${trial.url}${ENDPOINTS.logout}?client_id=${new URL(url).searchParams.get("client_id")}`;
      const page = await (await browser.ask(asked)).text();
      const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? assert.fail(page);
      const answer = (form: Readonly<Record<string, string>>) =>
        browser.ask(`${trial.url}${ENDPOINTS.logout}/confirm`, { xsrf, ...form });
      return { browser, signOut: () => answer({ logout: "yes" }), staySignedIn: () => answer({}) };
    }

    /** Holds back the next request that tells the application of a sign-out until `meanwhile` is over. */
    async function during<T>(request: () => Promise<Response>, meanwhile: () => Promise<T>): Promise<Response> {
      const told = app.nextTold();
      const answer = request();
      const goOn = await told;
      await meanwhile();
      goOn.end();
      return answer;
    }

    /** Whether the application is told to have the browser's person sign in before it is let in. */
    async function isOut(browser: Browser): Promise<boolean> {
      const at = await browser.follow(`${url}&prompt=none`, APP);
      return new URL(at.url).searchParams.get("error") === "login_required";
    }

    const sessionsInBrowsers = async () =>
      (await listSessions(trial.server.storage, "p1", { cursor: undefined, limit: 50 }, trial.now())).items.filter(
        ({ kind }) => kind === "browser",
      );

    /** Takes the cookies that it had: a browser may get two answers in either order. */
    function setBack(browser: Browser, cookies: ReadonlyMap<string, string>): void {
      for (const [cookie, value] of cookies) browser.cookies.set(cookie, value);
    }

    test("ends the session even if another page gives it another id meanwhile", async () => {
      const { browser, signOut } = await signedIn();
      const before = browser.cookies.get("brevet_session");
      let renewed = new Map<string, string>();
      const out = await during(signOut, async () => {
        await signInThrough(browser, `${url}&prompt=login`, APP, { account: "p1" });
        renewed = new Map(browser.cookies);
      });
      assert.notEqual(renewed.get("brevet_session"), before);
      assert.equal(out.status, 303);
      setBack(browser, renewed);
      assert.deepEqual([await isOut(browser), await sessionsInBrowsers()], [true, []]);
    });

    test("is not undone by an answer that was about to give the session another id", async () => {
      const { browser, signOut, staySignedIn } = await signedIn();
      const before = new Map(browser.cookies);
      assert.equal(await isOut(browser), false);
      setBack(browser, before);
      const stayed = await during(staySignedIn, async () => assert.equal((await signOut()).status, 303));
      assert.deepEqual([stayed.status, stayed.headers.getSetCookie()], [409, []]);
      setBack(browser, before);
      assert.deepEqual([await isOut(browser), await sessionsInBrowsers()], [true, []]);
    });

    test("is offered again if its page was too old", async () => {
      const { browser, signOut } = await signedIn();
      const before = new Map(browser.cookies);
      await signInThrough(browser, `${url}&prompt=login`, APP, { account: "p1" });
      setBack(browser, before);
      const old = await signOut();
      assert.deepEqual([old.status, old.headers.getSetCookie()], [400, []]);
      assert.ok((await old.text()).includes(`href="${ENDPOINTS.logout}"`));
      await Promise.all((await sessionsInBrowsers()).map(({ id }) => end(id)));
    });

    /** Has the browser signed in to the server's own pages, too. */
    async function onPages(browser: Browser): Promise<void> {
      const unit = trial.server.storage.openUnit();
      const signIn = { person: "p1", level: "passkey", address: "127.0.0.1", before: undefined, now: trial.now() } as const;
      browser.cookies.set("brevet_page", beginWebSession(unit, signIn));
      await unit.commit();
    }

    test("is not what a page says to those who stay signed in", async () => {
      for (const [what, title] of [
        ["staySignedIn", "Still signed in"],
        ["signOut", "Signed out"],
      ] as const) {
        const chosen = await signedIn();
        const { page } = await chosen.browser.follow(new URL((await chosen[what]()).headers.get("location") ?? "").href, APP);
        assert.ok(page?.includes(`<h1>${title}</h1>`), page ?? "");
        assert.equal(await isOut(chosen.browser), what === "signOut");
        await Promise.all((await sessionsInBrowsers()).map(({ id }) => end(id)));
      }
    });

    test("ends the session on the server's own pages, too", async () => {
      const { browser, signOut, staySignedIn } = await signedIn();
      await onPages(browser);
      assert.equal((await browser.ask(`${trial.url}/account`)).status, 200);
      assert.equal((await signOut()).status, 303);
      assert.equal((await browser.ask(`${trial.url}/account`)).status, 303);
      assert.equal((await staySignedIn()).status, 400);
    });

    test("on the server's own pages signs out of applications, too, if the person says so", async () => {
      const { browser } = await signedIn();
      await onPages(browser);
      const account = await (await browser.ask(`${trial.url}/account`)).text();
      const [, form_token = ""] = /name="form_token" value="([^"]+)"/.exec(account) ?? [];
      const out = await browser.ask(`${trial.url}/sign-out`, { form_token });
      assert.deepEqual([out.status, out.headers.get("location")], [303, ENDPOINTS.logout]);
      assert.equal((await browser.ask(`${trial.url}/account`)).status, 303);
      const page = await (await browser.ask(`${trial.url}${ENDPOINTS.logout}`)).text();
      const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? assert.fail(page);
      assert.equal((await browser.ask(`${trial.url}${ENDPOINTS.logout}/confirm`, { xsrf, logout: "yes" })).status, 303);
      assert.deepEqual([await isOut(browser), await sessionsInBrowsers()], [true, []]);
    });

    test("can be done from a list that was shown before the session got another id", async () => {
      const { browser } = await signedIn();
      const [listed] = await sessionsInBrowsers();
      await signInThrough(browser, `${url}&prompt=login`, APP, { account: "p1" });
      await end(listed?.id ?? "");
      assert.deepEqual([await isOut(browser), await sessionsInBrowsers()], [true, []]);
    });

    async function end(id: string): Promise<void> {
      const unit = trial.server.storage.openUnit();
      await endSession(unit, "p1", id, { actor: "p1", client: null, address: null });
      await unit.commit();
    }
  });
}

interface SlowApp {
  /** Where it wants to be told that somebody has signed out. */
  readonly url: string;
  /** The next request that tells it: whoever sent it waits until it is answered. */
  nextTold(): Promise<ServerResponse>;
  close(): Promise<void>;
}

/** An application that answers what it is told when the test wants it to. */
async function startSlowApp(): Promise<SlowApp> {
  let waiting: ((answer: ServerResponse) => void) | null = null;
  const server = createServer((_request, response) => {
    if (waiting === null) response.end();
    else waiting(response);
    waiting = null;
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/logout`,
    nextTold: () =>
      new Promise((told) => {
        waiting = told;
      }),
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}

/** @returns where a sign-in at the application begins. */
async function register(trial: TrialServer, app: SlowApp): Promise<string> {
  const answer = await fetch(`${trial.url}${ENDPOINTS.registration}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ redirect_uris: [APP], backchannel_logout_uri: app.url }),
  });
  const { client_id } = (await answer.json()) as { readonly client_id: string };
  const wish = { client_id, redirect_uri: APP, response_type: "code", scope: "openid", code_challenge: "x".repeat(43) };
  return `${trial.url}${ENDPOINTS.authorization}?${new URLSearchParams({ ...wish, code_challenge_method: "S256" })}`;
}
