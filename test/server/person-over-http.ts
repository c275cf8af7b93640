import assert from "node:assert/strict";
import type { Http, HttpResponse } from "../../src/core/http.ts";
import type { PersonAtBrowser } from "./person-at-browser.ts";
import { type SoftwareAuthenticator, softwareAuthenticator } from "./software-authenticator.ts";

/** A browser's part of a page: where it was got, and what it says. */
interface Page {
  readonly url: string;
  readonly body: string;
}

/**
 * A person without a screen: the requests that the pages' script makes, with a security key in software. Goes wherever links and
 * redirects lead, over the same door to the network that the program uses.
 */
export function personOverHttp(origin: string, http: Http): PersonAtBrowser {
  const key = softwareAuthenticator(origin);
  const cookies = new Map<string, Map<string, string>>();
  const visit = (url: string): Promise<Page> => go({ http, cookies }, url);
  const perform = async (page: Page, fields: Readonly<Record<string, string>>): Promise<Page> =>
    visit(await ceremony({ http, cookies }, key, page, fields));
  return {
    how: "over HTTP, by the test suite's security key in software",
    async enrol(link, fields) {
      const page = await perform(await visit(link), fields);
      assert.match(page.body, /<h1>/);
    },
    async signIn(url) {
      let page = await visit(url);
      for (let steps = 0; steps < 5; steps++) {
        const goOn = /<a href="([^"]+)">Continue to/.exec(page.body)?.[1];
        if (goOn !== undefined) page = await visit(goOn.replaceAll("&amp;", "&"));
        else if (page.body.includes("data-ceremony=")) page = await perform(page, {});
        else return;
      }
      assert.fail(`the sign-in goes on and on at ${page.url}`);
    },
    close: async () => undefined,
  };
}

interface Wire {
  readonly http: Http;
  /** By host, because those of brevet's own page on this machine are nobody else's. */
  readonly cookies: Map<string, Map<string, string>>;
}

async function go(wire: Wire, start: string): Promise<Page> {
  let url = start;
  for (let hops = 0; hops < 15; hops++) {
    const { status, headers, body } = await send(wire, "GET", url, null);
    const location = headers["location"];
    if (location === undefined) {
      assert.ok(status < 400, `${url} answered ${status}: ${body}`);
      return { url, body };
    }
    url = new URL(location, url).href;
  }
  return assert.fail(`redirects without end from ${start}`);
}

async function ceremony(
  wire: Wire,
  key: SoftwareAuthenticator,
  { url, body }: Page,
  fields: Readonly<Record<string, string>>,
): Promise<string> {
  const found = /data-ceremony="(\w+)" data-begin="([^"]+)" data-finish="([^"]+)"/.exec(body);
  const [, kind, begin = "", finish = ""] = found ?? assert.fail(`no ceremony on the page ${url}`);
  const { handle, options } = (await post(wire, new URL(begin, url).href, fields)) as { handle: string; options: never };
  const answer = kind === "create" ? await key.create(options) : key.get(options);
  const { location } = (await post(wire, new URL(finish, url).href, { ...fields, handle, answer })) as { location: string };
  return new URL(location, url).href;
}

async function post(wire: Wire, url: string, value: unknown): Promise<unknown> {
  const { status, body } = await send(wire, "POST", url, JSON.stringify(value));
  assert.equal(status, 200, body);
  return JSON.parse(body);
}

async function send({ http, cookies }: Wire, method: "GET" | "POST", url: string, json: string | null): Promise<HttpResponse> {
  const { host, origin } = new URL(url);
  const jar = cookies.get(host) ?? new Map<string, string>();
  cookies.set(host, jar);
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const response = await http({
    method,
    url,
    headers: { cookie, ...(json === null ? { accept: "text/html" } : { origin, "content-type": "application/json" }) },
    ...(json === null ? {} : { body: json }),
  });
  // Several come as one: a comma that is followed by a name and `=` stands between two of them.
  for (const line of (response.headers["set-cookie"] ?? "").split(/, (?=[^;,\s=]+=)/)) {
    const [pair = ""] = line.split(";");
    const at = pair.indexOf("=");
    if (at > 0) jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return response;
}
