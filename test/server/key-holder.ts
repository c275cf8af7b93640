import assert from "node:assert/strict";
import { type Browser, cookieHeader, openBrowser } from "./browser.ts";
import type { SoftwareAuthenticator, Twist } from "./software-authenticator.ts";
import { softwareAuthenticator } from "./software-authenticator.ts";

/** A person with a key and a browser without a screen, who uses the pages as their script does. */
export interface KeyHolder {
  readonly browser: Browser;
  readonly key: SoftwareAuthenticator;
  /** Opens a page and does the ceremony of its form. @returns where the page goes next. */
  perform(pageUrl: string, fields?: Readonly<Record<string, string>>, twist?: Twist): Promise<string>;
  /** Signs in wherever a flow asks for it, lets clients know what they ask, and goes on until `away`. */
  signInThrough(start: string, away: string): Promise<string>;
}

export function keyHolder(origin: string, key: SoftwareAuthenticator = softwareAuthenticator(origin)): KeyHolder {
  const browser = openBrowser();
  const perform: KeyHolder["perform"] = async (pageUrl, fields = {}, twist = {}) => {
    const page = await (await browser.ask(pageUrl)).text();
    const { ceremony, begin, finish } = ceremonyOf(page);
    const begun = await post(browser, new URL(begin, pageUrl).href, fields);
    const { handle, options } = (await succeeded(begun)) as { handle: string; options: never };
    const answer = ceremony === "create" ? await key.create(options, twist) : key.get(options, twist);
    const finished = await post(browser, new URL(finish, pageUrl).href, { ...fields, handle, answer });
    const { location } = (await succeeded(finished)) as { location: string };
    return new URL(location, pageUrl).href;
  };
  return {
    browser,
    key,
    perform,
    async signInThrough(start, away) {
      let at = await browser.follow(start, away);
      for (let steps = 0; steps < 4 && at.url.includes("/interaction/"); steps++) {
        const page = await (await browser.ask(at.url)).text();
        const next = page.includes("data-ceremony=") ? await perform(at.url) : await allow(browser, at.url, page);
        at = await browser.follow(next, away);
      }
      assert.equal(at.page, null, at.page ?? "");
      return at.url;
    },
  };
}

/** Sends JSON as the script of a page does, with the cookies of the browser. */
export async function post(
  browser: Browser,
  url: string,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const cookie = cookieHeader(browser.cookies, url);
  const response = await fetch(url, {
    method: "POST",
    redirect: "manual",
    headers: { cookie, origin: new URL(url).origin, "content-type": "application/json", ...headers },
    body: JSON.stringify(value),
  });
  browser.keep(response);
  return response;
}

function ceremonyOf(page: string): { readonly ceremony: string; readonly begin: string; readonly finish: string } {
  const found = /data-ceremony="(\w+)" data-begin="([^"]+)" data-finish="([^"]+)"/.exec(page);
  const [, ceremony, begin, finish] = found ?? assert.fail(`no ceremony on the page: ${page}`);
  return { ceremony: ceremony ?? "", begin: begin ?? "", finish: finish ?? "" };
}

async function allow(browser: Browser, url: string, page: string): Promise<string> {
  const [, token = ""] = /name="form_token" value="([^"]+)"/.exec(page) ?? [];
  const answer = await browser.ask(`${url}/consent`, { form_token: token });
  assert.equal(answer.status, 303, await answer.text());
  return new URL(answer.headers.get("location") ?? "", url).href;
}

async function succeeded(response: Response): Promise<unknown> {
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text);
}
