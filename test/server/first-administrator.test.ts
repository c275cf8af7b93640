import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { decodeJwt } from "jose";
import { openBrowser } from "./browser.ts";
import { type KeyHolder, keyHolder, post } from "./key-holder.ts";
import { authorizeCli } from "./sign-in.ts";
import { startTrial, type TrialServer } from "./trial-server.ts";

const ALICE = { email: "Alice@Example.com", name: "Alice", keyName: "blue key" };

let trial: TrialServer;
let alice: KeyHolder;
before(async () => {
  trial = await startTrial();
  alice = keyHolder(trial.url);
});
after(() => trial.close());

function link(): string {
  return trial.server.firstLink?.reveal() ?? assert.fail("no link");
}

describe("the first administrator", { concurrency: false }, () => {
  test("is asked by the page who they are, and looking uses nothing up", async () => {
    for (let time = 0; time < 2; time++) {
      const answer = await openBrowser().ask(link());
      assert.equal(answer.status, 200);
      const page = await answer.text();
      assert.match(page, /name="email"/);
      assert.doesNotMatch(page, /<script>|<style|style=|onclick|onfocus/);
      assert.equal(answer.headers.get("cache-control"), "no-store");
    }
  });

  test("registers a key only with a name that can be one", async () => {
    for (const email of ["", "alice", "a@b@c", "<script>@example.com", `${"a".repeat(250)}@example.com`, "a@exa mple.com"]) {
      const answer = await post(openBrowser(), `${link()}/begin`, { ...ALICE, email });
      assert.equal(answer.status, 400, email);
    }
    const answer = await post(openBrowser(), `${link()}/begin`, { ...ALICE, name: "Alice\u202e" });
    assert.equal(answer.status, 400);
  });

  test("cannot be registered by a page of another site", async () => {
    const foreign = await post(openBrowser(), `${link()}/begin`, ALICE, { origin: "https://evil.example" });
    assert.equal(foreign.status, 403);
    const unknown = await fetch(`${link()}/begin`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    assert.equal(unknown.status, 403);
    const form = await post(openBrowser(), `${link()}/begin`, ALICE, { "content-type": "text/plain" });
    assert.equal(form.status, 415);
  });

  test("registers a key, and is on their own page", async () => {
    const next = await alice.perform(link(), ALICE);
    assert.equal(next, `${trial.url}/account`);
    const page = await (await alice.browser.ask(next)).text();
    assert.match(page, /alice@example\.com/);
    assert.match(page, /administrators/);
    assert.match(page, /blue key/);
    // AWS takes no issuer like this one.
    assert.match(page, /brevet token --identity localhost/);
    assert.doesNotMatch(page, /brevet setup aws/);
  });

  test("is told that one key alone is not enough, until there are recovery codes", async () => {
    const account = async (): Promise<string> => (await alice.browser.ask(`${trial.url}/account`)).text();
    const page = await account();
    assert.match(page, /one key and no recovery codes.*nobody can let you in again/s);
    const [, token = ""] = /name="form_token" value="([^"]+)"/.exec(page) ?? [];
    assert.equal((await alice.browser.ask(`${trial.url}/account/recovery-codes`, { form_token: token })).status, 200);
    assert.doesNotMatch(await account(), /no recovery codes|nobody can let you in/);
    assert.match(await account(), /8 of yours still count/);
  });

  test("is the last by that link, and no new one is made", async () => {
    assert.equal((await openBrowser().ask(link())).status, 410);
    assert.equal((await post(openBrowser(), `${link()}/begin`, ALICE)).status, 410);
    await trial.stop();
    const again = await startTrial({ dataFolder: trial.dataFolder, url: trial.url });
    assert.equal(again.server.firstLink, null);
    await again.stop();
    trial = await startTrial({ dataFolder: trial.dataFolder, url: trial.url, settings: { listen: portOf(trial.url) } });
  });

  test("signs in to the command line by their key", async () => {
    const holder = keyHolder(trial.url, alice.key);
    const { tokens } = await authorizeCli(trial, (start, away) => holder.signInThrough(start, away));
    const claims = decodeJwt(tokens.id_token ?? "");
    assert.equal(claims["email"], "alice@example.com");
    assert.deepEqual(claims["groups"], ["administrators"]);
    assert.equal(claims["acr"], "urn:brevet:level:device-bound");
  });
});

function portOf(url: string): string {
  return `127.0.0.1:${new URL(url).port}`;
}
