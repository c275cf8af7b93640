import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { launchChromium, type NotingBrowser, notingBrowser } from "../../providers/noting-browser.ts";
import { openSignInWorld, type SignInWorld } from "../../providers/sign-in-world.ts";
import { programUnderTest } from "../../scripts/program.ts";
import { PATIENCE_MS } from "../../server/person-in-chromium.ts";

/**
 * A real browser: what a person sees, and that the browser itself comes back to the loopback page. With `BREVET_SCREENSHOTS` set
 * to a folder, each page is kept there as a picture, light and dark, wide and narrow.
 */
const run = promisify(execFile);
const [file, ...args] = programUnderTest().command;
/** The provider's page of consent looks like the one before it. */
const CONSENT = "form:has([name=prompt][value=consent]) button[type=submit]";

describe("in Chromium", () => {
  let world: SignInWorld;
  let browser: Browser;
  let page: Page;
  let opened: NotingBrowser;
  before(async () => {
    world = await openSignInWorld();
    opened = notingBrowser(world.home);
    world.environment["BROWSER"] = opened.program;
    browser = await launchChromium({ "id.example": world.provider.port });
    page = await browser.newPage({ ignoreHTTPSErrors: true });
    page.setDefaultTimeout(PATIENCE_MS);
  });
  after(async () => {
    await browser.close();
    await world.close();
  });

  it("a person who is asked for by the aws command signs in, and the command goes on", async () => {
    mkdirSync(join(world.home, ".aws"));
    const command = [file, ...args, "credential", "aws", "--profile", "dev"].join(" ");
    writeFileSync(join(world.home, ".aws/config"), `[profile dev]\ncredential_process = ${command}\nregion = eu-west-1\n`);
    const environment = { ...world.environment, NO_PROXY: "127.0.0.1,localhost" };
    const asked = run("aws", ["sts", "get-caller-identity", "--profile", "dev", "--output", "json"], { env: environment });
    await page.goto(await opened.next());
    const landing = await page.textContent("main");
    assert.match(landing ?? "", /program\s*aws/);
    assert.match(landing ?? "", /profile\s*dev/);
    await keepPictures("1-landing");
    await page.click("text=Continue to id.example");
    await page.fill("input[name=login]", "alice");
    await page.fill("input[name=password]", "any");
    await page.click("button[type=submit]");
    await page.click(CONSENT);
    await page.waitForURL(/127\.0\.0\.1/);
    await page.locator("h1", { hasText: "Signed in" }).waitFor();
    await page.locator("main", { hasText: "alice@example.com" }).waitFor();
    await keepPictures("2-signed-in");
    const { stdout } = await asked;
    assert.equal(JSON.parse(stdout).Arn, "arn:aws:sts::123456789012:assumed-role/dev/alice");
  });

  it("a person who cancels is asked no more, and the program is told", async () => {
    await world.brevet("logout");
    const asked = world.brevet("credential", "aws", "--profile", "dev");
    await page.goto(await opened.next());
    await page.click("text=Cancel");
    await page.waitForSelector("h1:text('Cancelled')");
    await keepPictures("3-cancelled");
    assert.match((await asked).stderr, /SIGN_IN_CANCELLED/);
    assert.match((await world.brevet("credential", "aws", "--profile", "dev")).stderr, /`brevet login work`/);
    assert.equal(opened.has(), false);
  });

  it("what the provider refuses is shown", async () => {
    const asked = world.brevet("login");
    await page.goto(await opened.next());
    await page.click("text=Cancel");
    await page.waitForURL(/127\.0\.0\.1/);
    await page.locator("main", { hasText: "access_denied" }).waitFor();
    await keepPictures("4-refused");
    assert.match((await asked).stderr, /SIGN_IN_REFUSED/);
  });

  it("a person is signed in, and then to the console as the role, by a page that leads there once", async () => {
    await world.brevet("logout");
    const asked = world.brevet("console", "dev", "--destination", "s3/home");
    await page.goto(await opened.next());
    // The provider knows the browser by now, and asks for consent alone.
    await page.click("text=Continue to id.example");
    await page.click(CONSENT);
    await page.waitForURL(/127\.0\.0\.1/);
    const start = await opened.next();
    assert.match(start, /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}$/);
    await page.goto(start);
    assert.equal(await page.textContent("#arn"), "arn:aws:sts::123456789012:assumed-role/dev/alice");
    assert.match((await page.textContent("#page")) ?? "", /console\.aws\.amazon\.com\/s3\/home/);
    const { status, stdout, stderr } = await asked;
    assert.deepEqual([status, stdout], [0, ""], stderr);
    await assert.rejects(page.goto(start));
  });

  async function keepPictures(name: string): Promise<void> {
    const folder = process.env["BREVET_SCREENSHOTS"];
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    for (const [width, scheme] of [
      [1000, "light"],
      [1000, "dark"],
      [360, "light"],
    ] as const) {
      await page.setViewportSize({ width, height: 640 });
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: join(folder, `${name}-${width}-${scheme}.png`) });
    }
  }
});
