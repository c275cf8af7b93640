import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { NOBODY } from "../../../src/server/audit/event.ts";
import { parseRules, replaceRules, rulesDocument } from "../../../src/server/rules/stored-rules.ts";
import { findChromium } from "../../server/find-chromium.ts";
import { lookAtPage } from "../../server/look-at-page.ts";
import { type PersonInChromium, personInChromium } from "../../server/person-in-chromium.ts";
import { startTrial, type TrialServer } from "../../server/trial-server.ts";

const PAGES = {
  "": "People",
  "/keys": "Keys",
  "/clients": "Applications",
  "/rules": "Rules",
  "/signing-keys": "Signing keys",
  "/audit": "Audit log",
  "/sign-in-provider": "Sign-in provider",
};
/** What people are called: of one word without an end, from right to left, and what is no markup. */
const NAMES = ["W".repeat(100), "محمد بن عبد الرحمن الفارسي", "אברהם בן־דוד", "山田太郎", "<b>B</b>", "a b ".repeat(25).trim()];

describe("the pages of administrators, in a real browser", { concurrency: false }, () => {
  let trial: TrialServer;
  let alice: PersonInChromium;
  before(async () => {
    trial = await startTrial({ settings: { requestsPerMinute: 100_000 } });
    alice = await personInChromium(findChromium() ?? assert.fail("no Chromium"));
    await alice.enrol(trial.server.firstLink?.reveal() ?? "", { email: "alice@example.com", name: "Alice", keyName: "blue key" });
  });
  after(async () => {
    await alice.close();
    await trial.close();
  });

  const lookAtAll = async (when: string): Promise<void> => {
    for (const [path, heading] of Object.entries(PAGES)) {
      await alice.page.goto(`${trial.url}/admin${path}`);
      await lookAtPage(alice.page, heading, `admin${path.replace("/", "-")}-${when}`);
    }
  };

  test("fit every screen with hardly a row", () => lookAtAll("few"));

  test("fit every screen with hundreds of rows, and whatever people are called", async () => {
    await fill(trial);
    await lookAtAll("many");
    const { page } = alice;
    await page.setViewportSize({ width: 360, height: 800 });
    await page.goto(`${trial.url}/admin/audit`);
    const height = (await page.evaluate("document.documentElement.scrollHeight")) as number;
    assert.ok(height < 9000, `the audit log is ${height} pixels high on a narrow screen`);
  });

  test("have their forms where the keyboard and the thumb reach them", async () => {
    const { page } = alice;
    await page.goto(`${trial.url}/admin`);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.locator("[name=like]:focus").waitFor();
    await page.locator("td summary").nth(1).click();
    await lookAtPage(page, "People", "admin-groups-open");
  });

  test("show rules that somebody else has saved meanwhile beside those that were typed, which a second press saves", async () => {
    const { page } = alice;
    await page.goto(`${trial.url}/admin/rules`);
    const unit = trial.server.storage.openUnit();
    const long = ["team-of-a-long-name".repeat(3), "operators"];
    const theirs = parseRules([{ name: "theirs", effect: "allow", groups: long }]);
    replaceRules(unit, await rulesDocument(unit), theirs, NOBODY);
    await unit.commit();
    await page.locator("textarea").fill(`[{ "name": "ours", "effect": "allow" }]`);
    await page.getByRole("button", { name: "Save" }).click();
    const both = page.getByRole("heading", { name: "Saved now" });
    await both.waitFor();
    await page.locator("pre", { hasText: '"theirs"' }).first().waitFor();
    await lookAtPage(page, "Rules", "admin-rules-stale");
    await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Save" }).click()]);
    await page.locator("textarea", { hasText: '"ours"' }).waitFor();
    assert.equal(await both.count(), 0);
  });

  test("show as code what is to be typed", async () => {
    const { page } = alice;
    await page.goto(`${trial.url}/admin/sign-in-provider`);
    for (const [name, value] of [
      ["name", "Example"],
      ["issuer", "https://login.example.com"],
      ["clientId", "brevet"],
      ["domains", "example.com"],
      ["claims", "nothing"],
      ["clientSecret", "secret"],
    ] as const)
      await page.locator(`[name=${name}]`).fill(value);
    await page.getByRole("button", { name: "Try it" }).click();
    await page.getByRole("alert").first().waitFor();
    await lookAtPage(page, "Sign-in provider", "admin-refused-with-code");
    assert.deepEqual(await page.locator("main > p code").allInnerTexts(), ["hd=example.com"]);
  });
});

/** Many people, keys and events, of which some have long names. */
async function fill(trial: TrialServer): Promise<void> {
  const unit = trial.server.storage.openUnit();
  for (let count = 0; count < 300; count++) {
    const [id, name = ""] = [`person-${count}`, NAMES[count % NAMES.length]];
    const email = count % 7 === 0 ? `${"long".repeat(16)}${count}@${"of-a-domain.".repeat(8)}example` : `p${count}@example.com`;
    unit.write("INSERT INTO person (id, email, name, active, made_at) VALUES (?, ?, ?, ?, ?)", [id, email, name, count % 2, 1]);
    for (const group of ["developers", "g".repeat(63)].slice(0, count % 3))
      unit.write("INSERT INTO membership (person, team) VALUES (?, ?)", [id, group]);
    unit.write(
      `INSERT INTO passkey (id, person, name, public_key, counter, transports, aaguid, level, made_at)
        VALUES (?, ?, ?, '', 0, '[]', '00000000-0000-0000-0000-000000000000', 'passkey', ?)`,
      [`key-${count}`, id, name, trial.now()],
    );
    const role = `arn:aws:iam::111122223333:role/${"a-path/".repeat(10)}${count}`;
    unit.record({ name: "token.exchanged", actor: id, client: "x", address: "2001:db8::ffff:ffff:ffff:ffff", details: { role } });
  }
  await unit.commit();
}
