import { type IncomingHttpHeaders, request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";

/** How a person's browser reaches a host that is on this machine under another name. */
export interface Reach {
  /** `id.example` → the port on 127.0.0.1. */
  readonly hosts?: Readonly<Record<string, number>>;
  /** PEM. */
  readonly authority?: string;
  /** A page that does not load is the last one, as in a browser on another machine. */
  readonly deadEnds?: true;
  /** Is told of each address that the browser goes to. */
  readonly visits?: (url: string) => void;
}

/** A page as the browser shows it at last. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly body: string;
}

const MAX_STEPS = 30;

/**
 * A person at a browser without a screen: follows redirects with cookies, goes on where a page of brevet says so, and fills in
 * the forms of `oidc-provider` and of Keycloak as `login`. Ends at the first page that asks for nothing.
 */
export async function signInAsPerson(start: string, login: string, reach: Reach = {}): Promise<Page> {
  const cookies = new Map<string, Map<string, string>>();
  let step: Step | null = { method: "GET", url: start };
  for (let count = 0; step !== null && count < MAX_STEPS; count += 1) {
    const { url } = step;
    reach.visits?.(url);
    const { status, headers, body } = await send(step, cookies, reach).catch((cause: unknown) => {
      if (reach.deadEnds) return { status: 0, headers: {}, body: "" };
      throw cause;
    });
    step = nextStep({ url, status, body }, headers, login);
    if (step === null) return { url, status, body };
  }
  throw new Error(`no end after ${MAX_STEPS} pages`);
}

interface Step {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly form?: URLSearchParams;
}

function nextStep(page: Page, headers: IncomingHttpHeaders, login: string): Step | null {
  if (headers.location !== undefined) return { method: "GET", url: new URL(headers.location, page.url).href };
  const goOn = /<a href="([^"]+)">Continue to/.exec(page.body)?.[1];
  if (goOn !== undefined) return { method: "GET", url: goOn.replaceAll("&amp;", "&") };
  const tag = /<form[^>]*method="post"[^>]*>/i.exec(page.body)?.[0];
  if (tag === undefined) return null;
  const action = /action="([^"]+)"/.exec(tag)?.[1] ?? page.url;
  const form = new URLSearchParams();
  for (const [input] of page.body.matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]+)"/.exec(input)?.[1];
    const value = /value="([^"]*)"/.exec(input)?.[1] ?? "";
    if (name !== undefined) form.set(name, /^(login|username)$/.test(name) ? login : name === "password" ? "any" : value);
  }
  return { method: "POST", url: new URL(action.replaceAll("&amp;", "&"), page.url).href, form };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Cookies = Map<string, Map<string, string>>;

function send({ method, url, form }: Step, cookies: Cookies, { hosts = {}, authority }: Reach): Promise<Answer> {
  const target = new URL(url);
  const jar = cookies.get(target.host) ?? new Map<string, string>();
  cookies.set(target.host, jar);
  const port = hosts[target.hostname];
  const request = target.protocol === "https:" ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const sent = request(
      target,
      {
        method,
        agent: false,
        ...(port === undefined ? {} : { hostname: "127.0.0.1", port, servername: target.hostname }),
        ...(authority === undefined ? {} : { ca: authority }),
        headers: {
          host: target.host,
          cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
          ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
        },
      },
      (answer) => {
        for (const cookie of answer.headers["set-cookie"] ?? []) keepCookie(jar, cookie);
        let body = "";
        answer.setEncoding("utf8").on("data", (text: string) => {
          body += text;
        });
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
      },
    );
    sent.on("error", reject);
    sent.end(form?.toString());
  });
}

function keepCookie(jar: Map<string, string>, cookie: string): void {
  const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
  if (value === "") jar.delete(name);
  else jar.set(name, value);
}
