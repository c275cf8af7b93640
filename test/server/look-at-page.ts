import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";

/** Where pictures of the pages are put, for who wants to look at them: `PAGE_PICTURES=DIR`. */
const folder = process.env["PAGE_PICTURES"];

/** What people read or press and a box that scrolls cuts off at the right. */
const CUT = `[...document.querySelectorAll("tbody td, button, input, select, textarea, summary, a, p, label, pre, code")]
  .filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > innerWidth && !each.matches(".skip"))
  .map((each) => each.outerHTML.slice(0, 200))`;

/** Cells, in a table or on a card, that something of theirs does not fit into: it would lie over the next one. */
const OVER = `[...document.querySelectorAll("td")]
  .filter((each) => each.checkVisibility() && each.scrollHeight > each.clientHeight)
  .map((each) => each.outerHTML.slice(0, 200))`;

/** Fields that a screen reader has no name for. */
const UNNAMED = `[...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
  .filter((each) => each.labels.length === 0 && !each.ariaLabel).map((each) => each.outerHTML)`;

/**
 * Waits until all of the page with that heading is there. Sees it wide and narrow, light and dark: nothing of it may lie beside the screen,
 * and it has one title that is read out.
 *
 * @param heading tells it from the page that was there before
 * @param name what its pictures are called
 */
export async function lookAtPage(page: Page, heading: string | RegExp, name: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
  await page.waitForLoadState();
  const before = page.viewportSize();
  for (const [size, width] of [
    ["wide", 1280],
    ["narrow", 360],
  ] as const) {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      const beside = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
      assert.equal(beside, 0, `${name} is ${beside} pixels wider than a ${size} screen`);
      assert.deepEqual(await page.evaluate(CUT), [], `cut on the ${size} page ${name}`);
      assert.deepEqual(await page.evaluate(OVER), [], `over something else on the ${size} page ${name}`);
      assert.deepEqual(await page.evaluate(UNNAMED), [], `without a name on the page ${name}`);
      if (folder === undefined) continue;
      mkdirSync(folder, { recursive: true });
      await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`), fullPage: true });
    }
  }
  assert.equal(await page.locator("h1").count(), 1, name);
  if (before !== null) await page.setViewportSize(before);
}
