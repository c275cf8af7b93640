import assert from "node:assert/strict";

/** The part of a browser that flows need: it keeps cookies and follows redirects, one by one. */
export interface Browser {
  /** Asks, and keeps the cookies of the answer. */
  ask(url: string, form?: Readonly<Record<string, string>>): Promise<Response>;
  /** Follows redirects until one leaves for `away`, or a page comes. */
  follow(url: string, away: string): Promise<{ readonly url: string; readonly page: string | null }>;
  /** Keeps the cookies of an answer. */
  keep(response: Response): void;
  /** By their names; one that is for a part of the server alone by its name, `;` and the path. */
  readonly cookies: Map<string, string>;
}

export function openBrowser(): Browser {
  const cookies = new Map<string, string>();
  const keep: Browser["keep"] = (response) => {
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = cookie.split(";");
      const at = pair.indexOf("=");
      const [path = "/"] = attributes.flatMap((attribute) => /^ *path=(.*)$/i.exec(attribute)?.[1] ?? []);
      const key = `${pair.slice(0, at)}${path === "/" ? "" : `;${path}`}`;
      const gone = attributes.some((attribute) => /expires=Thu, 01 Jan 1970|max-age=0/i.test(attribute));
      if (gone) cookies.delete(key);
      else cookies.set(key, pair.slice(at + 1));
    }
  };
  const ask: Browser["ask"] = async (url, form) => {
    const response = await fetch(url, {
      redirect: "manual",
      method: form === undefined ? "GET" : "POST",
      headers: {
        cookie: cookieHeader(cookies, url),
        accept: "text/html",
        ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded", origin: new URL(url).origin }),
      },
      ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
    });
    keep(response);
    return response;
  };
  return {
    cookies,
    keep,
    ask,
    async follow(url, away) {
      let next = url;
      for (let hops = 0; hops < 10; hops++) {
        if (next.startsWith(away)) return { url: next, page: null };
        const response = await ask(next);
        const location = response.headers.get("location");
        if (location === null) return { url: next, page: await response.text() };
        next = new URL(location, next).href;
        if (/\/interaction\//.test(next)) return { url: next, page: null };
      }
      return assert.fail(`redirects without end from ${url}`);
    },
  };
}

/** What a browser sends of its cookies to a URL. */
export function cookieHeader(cookies: ReadonlyMap<string, string>, url: string): string {
  const { pathname } = new URL(url);
  return [...cookies]
    .flatMap(([key, value]) => {
      const [name = "", path = "/"] = key.split(";");
      return `${pathname}/`.startsWith(path === "/" ? path : `${path}/`) ? [`${name}=${value}`] : [];
    })
    .join("; ");
}

/** Signs a person in, wherever the flow wants it, and goes on to `away`. */
export async function signInThrough(
  browser: Browser,
  start: string,
  away: string,
  signIn: Readonly<Record<string, string>>,
): Promise<string> {
  let at = await browser.follow(start, away);
  for (let steps = 0; steps < 4 && /\/interaction\//.test(at.url); steps++) {
    const response = await browser.ask(`${at.url}/trial`, signIn);
    assert.equal(response.status, 303, await response.text());
    at = await browser.follow(new URL(response.headers.get("location") ?? "", at.url).href, away);
  }
  assert.equal(at.page, null, at.page ?? "");
  return at.url;
}
