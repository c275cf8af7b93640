import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { findChromium } from "../../server/find-chromium.ts";
import { lookAtPage } from "../../server/look-at-page.ts";
import { type PersonInChromium, personInChromium } from "../../server/person-in-chromium.ts";
import { startTrial, type TrialServer } from "../../server/trial-server.ts";
import { type PostgresServer, startPostgres } from "../postgres/postgres-server.ts";

const ALICE = { email: "alice@example.com", name: "Alice", keyName: "Alice's key" };
const CAROL = { email: "carol@example.com", name: "Carol" };

/** The guide's two ways back in, as people walk them, and what they see while the database is away. */
describe("who has lost every key, in a real browser", { concurrency: false }, () => {
  let postgres: PostgresServer;
  let trial: TrialServer;
  let people: readonly [PersonInChromium, PersonInChromium, PersonInChromium];
  let code = "";
  before(async () => {
    postgres = await startPostgres();
    trial = await startTrial({ database: await postgres.createDatabase("recovery") });
    const chromium = findChromium() ?? assert.fail("no Chromium");
    const [alice, bob, carol] = [
      await personInChromium(chromium),
      await personInChromium(chromium),
      await personInChromium(chromium),
    ];
    people = [alice, bob, carol];
    await alice.enrol(trial.server.firstLink?.reveal() ?? "", ALICE);
    await bob.enrol(await invited({ email: "bob@example.com", name: "Bob", groups: "administrators" }), {});
    await carol.enrol(await invited({ ...CAROL, groups: "dev" }), {});
  });
  after(async () => {
    await Promise.all(people.map((person) => person.close()));
    await trial.close();
    await postgres.close();
  });

  async function invited({ email, name, groups }: Readonly<Record<"email" | "name" | "groups", string>>): Promise<string> {
    const { page } = people[0];
    await page.goto(`${trial.url}/admin`);
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.locator("form[action='/admin/invites'] [name=groups]").fill(groups);
    await page.getByRole("button", { name: "Make a link" }).click();
    return page.locator("pre").innerText();
  }

  /** Every key is gone, and with it who they are here. */
  async function loseEverything({ page, authenticator }: PersonInChromium): Promise<void> {
    await authenticator.empty();
    await page.context().clearCookies();
  }

  async function registerAgain({ page }: PersonInChromium, name: string, picture: string): Promise<void> {
    await page.getByText(`You lost your keys, and are let in again as ${name}`).waitFor();
    await lookAtPage(page, "Register a new key", picture);
    await page.getByRole("button", { name: "Register a passkey or security key" }).click();
    await page.getByRole("cell", { name: "My new key" }).waitFor();
    await page.getByRole("link", { name: "Remove them" }).click();
    await page.getByRole("button", { name: "Remove My new key" }).waitFor();
    await lookAtPage(page, name, `${picture}-done`);
  }

  test("comes back by a code that they made before, once", async () => {
    const [{ page }] = people;
    await page.goto(`${trial.url}/account`);
    await page.getByRole("button", { name: "Make new codes" }).click();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy the codes" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    await lookAtPage(page, "Your recovery codes", "recovery-codes");
    const codes = await page.locator("pre").innerText();
    assert.equal(await page.evaluate("navigator.clipboard.readText()"), codes);
    code = codes.split("\n")[0] ?? "";
    await loseEverything(people[0]);
    await page.goto(`${trial.url}/account`);
    await lookAtPage(page, "Sign in", "recovery-sign-in");
    await page.getByRole("link", { name: "Use a recovery code" }).click();
    await lookAtPage(page, "Register a new key", "recovery-code");
    await page.getByLabel("Code").fill("not-a-code");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("alert").waitFor();
    await lookAtPage(page, "Register a new key", "recovery-code-refused");
    await page.getByLabel("Code").fill(code);
    await page.getByRole("button", { name: "Continue" }).click();
    await registerAgain(people[0], "Alice", "recovery-by-code");
    await page.goto(`${trial.url}/recover`);
    await page.getByLabel("Code").fill(code);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("alert").filter({ hasText: "not one that counts" }).waitFor();
  });

  test("comes back by two administrators, and neither of them could do it alone", async () => {
    const [{ page: alice }, { page: bob }, carol] = people;
    await loseEverything(carol);
    await alice.goto(`${trial.url}/admin`);
    await alice.getByRole("button", { name: "Let in without a key Carol" }).click();
    await lookAtPage(alice, "Another administrator has to agree", "recovery-asked");
    await alice.goto(`${trial.url}/admin`);
    await alice.getByRole("button", { name: "Let in without a key Carol" }).click();
    await lookAtPage(alice, "Another administrator has to agree", "recovery-asked-again");
    assert.equal(await alice.getByText("/invite/").count(), 0);
    await bob.goto(`${trial.url}/admin`);
    await bob.getByText(`${ALICE.email} asked that they be let in without a key`).waitFor();
    await lookAtPage(bob, "People", "recovery-to-agree");
    await bob.getByRole("button", { name: "Agree: let in without a key Carol" }).click();
    await lookAtPage(bob, "A link for Carol", "recovery-link");
    await carol.page.goto(await bob.locator("pre").innerText());
    await registerAgain(carol, "Carol", "recovery-by-administrators");
  });

  test("is told by a page when the server has no database, and goes on from it when it has one again", async () => {
    const [{ page }] = people;
    await postgres.cut("recovery", "closed");
    try {
      assert.equal((await page.goto(`${trial.url}/account`))?.status(), 503);
      await page.getByRole("alert").waitFor();
      await lookAtPage(page, "Not at the moment", "no-database");
    } finally {
      await postgres.cut("recovery", "open");
    }
    await page.reload();
    await page.getByRole("heading", { name: "Alice" }).waitFor();
  });
});
