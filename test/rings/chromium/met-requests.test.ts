import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import * as client from "openid-client";
import pg from "pg";
import { CLI_CLIENT_ID, ENDPOINTS } from "../../../src/wire/brevet-api/endpoints.ts";
import { findChromium } from "../../server/find-chromium.ts";
import { lookAtPage } from "../../server/look-at-page.ts";
import { type PersonInChromium, personInChromium } from "../../server/person-in-chromium.ts";
import { discoverCli } from "../../server/sign-in.ts";
import { startTrial, type TrialServer } from "../../server/trial-server.ts";
import { type PostgresServer, startPostgres } from "../postgres/postgres-server.ts";

/** What comes at the same moment as something else, or once more, in a real browser. PostgreSQL's locks say which of two is first. */
describe("a person whose browser does two things at once", { concurrency: false }, () => {
  let postgres: PostgresServer;
  let trial: TrialServer;
  let alice: PersonInChromium;
  let other: pg.Client;
  /** Where the client waits for its answer. */
  const waiting = createServer((_, response) => response.end("back at the client"));
  let back = "";
  before(async () => {
    await new Promise<void>((listening) => waiting.listen(0, "127.0.0.1", listening));
    back = `http://127.0.0.1:${(waiting.address() as AddressInfo).port}/callback`;
    postgres = await startPostgres();
    const database = await postgres.createDatabase("met");
    trial = await startTrial({ database });
    other = new pg.Client({ connectionString: database });
    await other.connect();
    alice = await personInChromium(findChromium() ?? assert.fail("no Chromium"));
    const about = { email: "alice@example.com", name: "Alice", keyName: "blue key" };
    await alice.enrol(trial.server.firstLink?.reveal() ?? "", about);
  });
  after(async () => {
    await alice.close();
    waiting.close();
    await other.end();
    await trial.close();
    await postgres.close();
  });

  const wish = () =>
    `${trial.url}${ENDPOINTS.authorization}?${new URLSearchParams({
      client_id: CLI_CLIENT_ID,
      redirect_uri: back,
      response_type: "code",
      scope: "openid",
      code_challenge: "x".repeat(43),
      code_challenge_method: "S256",
    })}`;

  const signIn = () => alice.page.getByRole("button", { name: "Sign in with a passkey or security key" });

  /** @returns the page on which the person signed in. */
  async function signInAtClient(): Promise<string> {
    const { page } = alice;
    await page.goto(wish());
    await signIn().waitFor();
    const asked = page.url();
    await signIn().click();
    await page.getByText("back at the client").waitFor();
    return asked;
  }

  /** Does something while the row of the browser's session waits for another transaction, which then ends the session. */
  async function whileSessionEnds(work: () => Promise<unknown>): Promise<void> {
    await other.query("BEGIN");
    await other.query("DELETE FROM artifact WHERE kind = 'Session' AND account IS NOT NULL");
    let isDone = false;
    const done = work().finally(() => (isDone = true));
    const waits = "SELECT 1 FROM pg_stat_activity WHERE datname = 'met' AND wait_event_type = 'Lock'";
    while (!isDone && (await other.query(waits)).rowCount === 0);
    await other.query("COMMIT");
    await done;
  }

  test("goes on by itself from a page that came second, and the session that was ended stays so", async () => {
    await signInAtClient();
    const { page } = alice;
    const statuses: (number | undefined)[] = [];
    await whileSessionEnds(async () => statuses.push((await page.goto(wish()))?.status()));
    assert.deepEqual(statuses, [409]);
    await signIn().waitFor();
    assert.equal((await other.query("SELECT 1 FROM artifact WHERE kind = 'Session' AND account IS NOT NULL")).rowCount, 0);
  });

  test("reads of a page that came second what happened, and may go on at once", async () => {
    await signInAtClient();
    const { page } = alice;
    // As somebody sees it whose browser does not go on by itself.
    await page.route(`**${ENDPOINTS.authorization}?**`, async (route) => {
      const answer = await route.fetch({ maxRedirects: 0 });
      const { refresh, ...headers } = answer.headers();
      await route.fulfill({ response: answer, headers });
      assert.equal(refresh, "1");
    });
    await whileSessionEnds(() => page.goto(wish()));
    await page.unroute(`**${ENDPOINTS.authorization}?**`);
    await lookAtPage(page, "One moment", "came-second");
    await page.getByRole("link", { name: "Try it now" }).click();
    await signIn().waitFor();
  });

  test("is told by a page that a form came second, and that it was not done", async () => {
    await signInAtClient();
    const { page } = alice;
    const configuration = await discoverCli(trial);
    const device = await client.initiateDeviceAuthorization(configuration, { scope: "openid" });
    await page.goto(device.verification_uri);
    await page.getByLabel("Code").fill(device.user_code);
    await whileSessionEnds(() => page.keyboard.press("Enter").then(() => page.getByRole("alert").waitFor()));
    await lookAtPage(page, "This came second", "form-came-second");
  });

  test("goes back to a sign-in that is over, and reads that it is", async () => {
    const { page } = alice;
    const over = await signInAtClient();
    assert.equal((await page.goBack())?.status(), 400);
    assert.equal(page.url(), over);
    await page.getByRole("alert").filter({ hasText: "is over already" }).waitFor();
    await lookAtPage(page, "This did not work", "sign-in-over");
  });

  test("sends a form once, however often it is pressed while the network is slow, and again after going back", async () => {
    const { page } = alice;
    await page.goto(`${trial.url}/sign-in?next=/admin`);
    await signIn().click();
    await page.getByRole("heading", { name: "People" }).waitFor();
    let [sent, goOn] = [0, (): void => undefined];
    const held = new Promise<void>((resolve) => (goOn = resolve));
    await page.route("**/admin/invites", async (route) => {
      sent++;
      await held;
      await route.continue();
    });
    const invite = async (email: string) => {
      await page.getByLabel("E-mail address").fill(email);
      await page.getByLabel("Name", { exact: true }).fill("Bob");
    };
    await invite("bob@example.com");
    // While a page waits for the next one, only its own timers press its buttons.
    const pressed = page.waitForEvent("console", (message) => message.text() === "pressed 3");
    await page.evaluate(`{
      const button = document.querySelector("[action$=invites] button");
      let times = 0;
      const press = () => {
        button.click();
        console.log("pressed " + ++times);
        if (times < 3) setTimeout(press, 100);
      };
      press();
    }`);
    await pressed;
    goOn();
    await page.getByRole("heading", { name: "A link for Bob" }).waitFor();
    assert.equal(sent, 1);
    await page.goBack();
    await invite("carol@example.com");
    await page.getByRole("button", { name: "Make a link" }).click();
    await page.getByRole("heading", { name: "A link for Bob" }).waitFor();
    assert.equal(sent, 2);
  });
});
