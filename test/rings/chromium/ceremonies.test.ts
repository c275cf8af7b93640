import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ASSETS } from "../../../src/server/pages/assets/asset-routes.ts";
import { findChromium } from "../../server/find-chromium.ts";
import { lookAtPage } from "../../server/look-at-page.ts";
import { type PersonInChromium, personInChromium } from "../../server/person-in-chromium.ts";
import { startTrial, type TrialServer } from "../../server/trial-server.ts";
import { type PostgresServer, startPostgres } from "../postgres/postgres-server.ts";

const ALICE = { email: "alice@example.com", name: "Alice", keyName: "blue key" };

for (const database of ["sqlite", "postgres"] as const) {
  describe(`a real browser, with ${database}`, { concurrency: false }, () => {
    let postgres: PostgresServer | null = null;
    let trial: TrialServer;
    let alice: PersonInChromium;
    /** What the browser's console complained of: a policy that was broken, a script that failed. */
    const complaints: string[] = [];
    before(async () => {
      if (database === "postgres") postgres = await startPostgres();
      trial = await startTrial(postgres === null ? {} : { database: await postgres.createDatabase("people") });
      alice = await personInChromium(findChromium() ?? assert.fail("no Chromium"));
      alice.page.on("console", (message) => {
        if (message.type() === "error") complaints.push(message.text());
      });
      alice.page.on("pageerror", (cause) => void complaints.push(cause.message));
    });
    after(async () => {
      await alice.close();
      await trial.close();
      await postgres?.close();
    });

    const signIn = async (): Promise<void> => {
      await alice.page.goto(`${trial.url}/sign-in`);
      await alice.page.getByRole("button", { name: "Sign in with a passkey or security key" }).click();
    };

    test("registers the first administrator's key by the keyboard alone", async () => {
      const { page } = alice;
      await page.goto(trial.server.firstLink?.reveal() ?? "");
      await page.locator("[name=email]:focus").waitFor();
      for (const value of [ALICE.email, ALICE.name, ALICE.keyName]) {
        await page.keyboard.type(value);
        await page.keyboard.press("Tab");
        if (value === ALICE.name) await page.keyboard.press("ControlOrMeta+a");
      }
      await page.keyboard.press("Enter");
      await page.waitForURL(`${trial.url}/account`);
      await page.getByRole("cell", { name: ALICE.keyName }).waitFor();
    });

    test("sends forms that are taken for those of our own pages", async () => {
      const { page } = alice;
      await page.goto(`${trial.url}/admin`);
      await page.getByLabel("E-mail address").fill("bob@example.com");
      await page.getByLabel("Name", { exact: true }).fill("Bob");
      await page.getByRole("button", { name: "Make a link" }).click();
      assert.match(await page.locator("pre").innerText(), /\/invite\//);
    });

    test("uses the key once more for what is sent late, and loses nothing of it", async () => {
      const { page } = alice;
      // After the key counts no more, and after the session has ended.
      for (const seconds of [301, 3601]) {
        await page.goto(`${trial.url}/admin/rules`);
        const name = `typed-${seconds}`;
        await page.getByRole("textbox", { name: "Rules" }).fill(`[{ "name": "${name}", "effect": "allow" }]`);
        trial.advance(seconds);
        await page.getByRole("button", { name: "Save" }).click();
        await lookAtPage(page, "Use your key again", "use-your-key-again");
        await page.getByRole("button", { name: "Use your key" }).click();
        await page.getByRole("textbox", { name: "Rules" }).filter({ hasText: name }).waitFor();
      }
      trial.advance(301);
      await page.goto(`${trial.url}/account`);
      await page.locator("summary", { hasText: "Add a key" }).click();
      await page.getByRole("button", { name: "Use your key" }).click();
      await page.locator("form button", { hasText: "Add a key" }).waitFor({ state: "attached" });
      await lookAtPage(page, "Alice", "account");
      // The same page comes again: what is not on it is looked for when all of it is there.
      await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Sign out everywhere else" }).click()]);
      await page.getByRole("cell", { name: "this one" }).waitFor();
      assert.equal(await page.getByRole("button", { name: /^End the session/ }).count(), 0);
    });

    test("has a secret typed again that was sent late, before the key is used", async () => {
      const { page } = alice;
      await page.goto(`${trial.url}/admin/sign-in-provider`);
      for (const [label, value] of [
        ["Name", "Example"],
        ["Issuer", "https://localhost:1"],
        ["Client id", "brevet"],
        ["Domains", "example.com"],
        ["Client secret", "first-typed"],
      ] as const)
        await page.getByLabel(label).first().fill(value);
      trial.advance(3601);
      await page.getByRole("button", { name: "Try it, and save" }).click();
      await lookAtPage(page, "Use your key again", "type-the-secret-again");
      assert.ok(!(await page.content()).includes("first-typed"));
      await page.getByRole("button", { name: "Use your key" }).click();
      await page.locator("[name=clientSecret]:focus:invalid").waitFor();
      await page.getByLabel("Client secret").fill("typed-again");
      await page.getByRole("button", { name: "Use your key" }).click();
      // It was sent: what it names does not answer.
      await page.getByText(/localhost:1/).waitFor();
    });

    test("finds people by what the database takes for the same letters", async () => {
      const { page } = alice;
      await page.goto(`${trial.url}/admin`);
      await page.getByLabel("Find").fill("ALICE@");
      await page.keyboard.press("Enter");
      await page.waitForURL(/like=ALICE/);
      await page.locator("[data-column=E-mail]", { hasText: ALICE.email }).waitFor();
    });

    test("signs out, and in again with the key", async () => {
      const { page } = alice;
      await page.goto(`${trial.url}/account`);
      await page.getByRole("button", { name: "Sign out", exact: true }).click();
      await page.getByRole("heading", { name: "Signed out" }).waitFor();
      await page.getByRole("link", { name: "To your account" }).click();
      await page.waitForURL(/\/sign-in/);
      await signIn();
      await page.waitForURL(`${trial.url}/account`);
    });

    test("lets nobody press what needs the script before the script is there", async () => {
      const { page } = alice;
      let letGo = (): void => undefined;
      const held = new Promise<void>((resolve) => (letGo = resolve));
      await page.route(`**${ASSETS.script}`, async (route) => {
        await held;
        await route.continue();
      });
      await page.goto(`${trial.url}/sign-in`, { waitUntil: "commit" });
      const button = page.getByRole("button", { name: "Sign in with a passkey or security key" });
      await button.waitFor();
      assert.equal(await button.isDisabled(), true);
      letGo();
      await button.click();
      await page.waitForURL(`${trial.url}/account`);
      await page.unroute(`**${ASSETS.script}`);
    });

    test("complains of nothing on any page", () =>
      // That a form came late, or names who does not answer, is an answer with that status, which Chromium writes down too.
      assert.deepEqual(
        complaints.filter((text) => !/status of 4(?:03|24)/.test(text)),
        [],
      ));

    test("is told when the key was not unlocked, or has nothing for this server", async () => {
      const { page, authenticator } = alice;
      await authenticator.unlock(false);
      await signIn();
      await page.getByRole("alert").filter({ hasText: "nothing was chosen" }).waitFor();
      await authenticator.unlock(true);
      await authenticator.empty();
      await signIn();
      await page.getByRole("alert").filter({ hasText: "nothing was chosen" }).waitFor();
    });
  });
}
