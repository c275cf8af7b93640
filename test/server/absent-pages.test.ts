import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startTrial, type TrialServer } from "./trial-server.ts";

let trial: TrialServer;
before(async () => {
  trial = await startTrial();
});
after(() => trial.close());

describe("where there is no page", () => {
  const ask = (path: string, accept: string, method = "GET"): Promise<Response> =>
    fetch(`${trial.url}${path}`, { method, headers: { accept }, redirect: "manual" });
  const refusal = async (answer: Response): Promise<string> => ((await answer.json()) as { readonly detail: string }).detail;
  const browser = "text/html,application/xhtml+xml,*/*;q=0.8";

  for (const path of ["/nope", "/admin/nope", "/account/x", "/invite"]) {
    test(`a browser is shown the way back: ${path}`, async () => {
      const answer = await ask(path, browser);
      assert.equal(answer.status, 404);
      assert.match(answer.headers.get("content-security-policy") ?? "", /default-src 'none'/);
      const text = await answer.text();
      assert.match(text, /There is no such page/);
      assert.match(text, /<a href="\/account">/);
      assert.doesNotMatch(text, /nope/);
      assert.equal(await refusal(await ask(path, "application/json")), `there is no GET ${path} here`);
    });
  }

  test("who reloads what a form led to is shown it too", async () => {
    const answer = await ask("/admin/invites", browser);
    assert.deepEqual([answer.status, answer.headers.get("allow")], [405, "POST"]);
    assert.match(await answer.text(), /<a href="\/account">/);
    assert.equal(await refusal(await ask("/admin/invites", "*/*")), "there is no GET /admin/invites here");
  });

  test("the way back to a device's sign-in leads to its page when it is none of this browser", async () => {
    const answer = await ask("/device/of-somebody-else", browser);
    assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/device"]);
    assert.equal((await ask("/device", browser)).status, 200);
    assert.deepEqual(trial.warnings, []);
  });
});
