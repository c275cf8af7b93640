import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { API_BASE } from "../../src/wire/brevet-api/admin/operation.ts";
import { type ApiCaller, apiCaller } from "./api-caller.ts";
import { cookieHeader } from "./browser.ts";
import { type KeyHolder, keyHolder } from "./key-holder.ts";
import { type RawAnswer, type RawRequest, rawRequest } from "./raw-request.ts";
import { startTrial, type TrialServer } from "./trial-server.ts";

/*
 * Every route of the server by what nobody should send it, from the server's own list: a route that is added is attacked here
 * without anybody thinking of it. What a route may answer to a stranger is written down; the default is nothing.
 */

type Listed = TrialServer["server"]["routes"][number];

let trial: TrialServer;
let admin: KeyHolder;
let api: ApiCaller;
let routes: readonly Listed[];
before(async () => {
  trial = await startTrial({ settings: { requestsPerMinute: 1_000_000, registrationsPerMinute: 1_000_000 } });
  routes = trial.server.routes.filter(({ path }) => !path.endsWith("/trial"));
  admin = keyHolder(trial.url);
  await admin.perform(trial.server.firstLink?.reveal() ?? "", { email: "root@example.com", name: "Root", keyName: "key" });
  const [row] = await trial.server.storage.read("SELECT id FROM person");
  api = await apiCaller(trial, String(row?.["id"]));
});
after(() => trial.close());

/** What strangers may see, and why. Every other answer to a stranger is a refusal, or the way to the sign-in page. */
const FOR_STRANGERS: Readonly<Record<string, string>> = {
  "GET /health": "says that the process lives",
  "GET /ready": "says that it can serve",
  "GET /metrics": "the test is on loopback, from where they may be read",
  "GET /sign-in": "where one signs in",
  "POST /sign-in/begin": "a challenge, the same for everybody",
  "POST /interaction/:uid/begin": "a challenge, the same for everybody",
  "GET /recover": "where a code is typed",
  "GET /enrol": "says how one comes in",
  "GET /": "leads to the account",
};
const isForStrangers = ({ method, path }: Listed): boolean =>
  Object.hasOwn(FOR_STRANGERS, `${method} ${path}`) || path.startsWith("/assets/") || path === `${API_BASE}/openapi.json`;

const isApi = ({ path }: Listed): boolean => path.startsWith(`${API_BASE}/`);
const changes = ({ method }: Listed): boolean => method !== "GET";
const nameOf = ({ method, path }: Listed): string => `${method} ${path}`;
const filled = (path: string, value = "nothing"): string => path.replace(/:\w+/g, encodeURIComponent(value));
const send = (path: string, options: RawRequest = {}): Promise<RawAnswer> => rawRequest(trial.url, path, options);

const matches = (pattern: string, path: string): boolean =>
  new RegExp(`^${pattern.replace(/[.]/g, "\\.").replace(/:\w+/g, "[^/]+")}$`).test(path);

const TYPES = { form: "application/x-www-form-urlencoded", json: "application/json" } as const;
const cookieOf = (holder: KeyHolder): string => cookieHeader(holder.browser.cookies, `${trial.url}/`);

/** A request of a browser on our own page, with a body of the right kind. */
function ours({ method, body }: Listed, fields: Readonly<Record<string, unknown>>, cookie?: string): RawRequest {
  const text =
    body === "form"
      ? new URLSearchParams(fields as Record<string, string>).toString()
      : body === "json"
        ? JSON.stringify(fields)
        : "";
  const headers = { origin: trial.url, "sec-fetch-site": "same-origin", ...(cookie === undefined ? {} : { cookie }) };
  return { method, headers: body === undefined ? headers : { ...headers, "content-type": TYPES[body] }, body: text };
}

/** Whether an answer gave nothing away and did nothing: a refusal, or the way to the sign-in page. */
function isRefusal({ status, headers }: RawAnswer): boolean {
  return (status >= 400 && status < 500) || (status === 303 && /^\/sign-in(\?|$)/.test(String(headers["location"])));
}

/** Everything that the database holds of people, so that nothing of it can change unseen. */
async function everything(): Promise<string> {
  const tables = ["person", "membership", "passkey", "invite", "recovery", "recovery_code", "setting", "signing_key"];
  const rows = await Promise.all(tables.map((table) => trial.server.storage.read(`SELECT * FROM ${table}`)));
  return JSON.stringify(rows);
}

test("the list is that of the whole server", () => {
  assert.ok(routes.length > 40, String(routes.length));
  for (const known of Object.keys(FOR_STRANGERS)) assert.ok(routes.map(nameOf).includes(known), `${known} is gone`);
});

describe("every route refuses", { concurrency: false }, () => {
  test("the methods that it does not have", async () => {
    for (const path of new Set(routes.map((route) => route.path))) {
      const known: readonly string[] = routes.filter((route) => matches(route.path, filled(path))).map(({ method }) => method);
      for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]) {
        if (known.includes(method)) continue;
        const { status, headers } = await send(filled(path), { method });
        assert.equal(status, 405, `${method} ${path}`);
        for (const allowed of known) assert.ok(String(headers["allow"]).includes(allowed), `${method} ${path}`);
      }
    }
  });

  test("to take a body that was not read for another request", async () => {
    const client = connect(Number(new URL(trial.url).port), "127.0.0.1").setEncoding("utf8");
    client.write("POST /nowhere HTTP/1.1\r\nhost: a\r\ncontent-length: 40\r\n\r\n");
    const [answer] = await once(client, "data");
    client.destroy();
    assert.match(String(answer), /^HTTP\/1\.1 404 .*\r\nconnection: close\r\n/is);
  });

  test("a body of another content type, one that is too long, and one that is no such thing", async () => {
    for (const route of routes.filter(({ body }) => body !== undefined)) {
      const request = (type: string, body: string, more: Readonly<Record<string, string>> = {}): Promise<RawAnswer> =>
        send(filled(route.path), { method: route.method, headers: { "content-type": type, origin: trial.url, ...more }, body });
      const own = TYPES[route.body ?? "json"];
      for (const type of [
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/xml",
        route.body === "json" ? TYPES.form : TYPES.json,
      ]) {
        assert.equal((await request(type, "{}")).status, 415, `${nameOf(route)} as ${type}`);
      }
      const long = "x".repeat((route.maxBodyBytes ?? 65_536) + 1);
      assert.equal((await request(own, long)).status, 413, nameOf(route));
      // Without its length it is cut off on the way, perhaps before the answer is read.
      const unannounced = await request(own, long, { "transfer-encoding": "chunked" }).catch(() => ({ status: 413 }));
      assert.equal(unannounced.status, 413, nameOf(route));
      const wrong = route.body === "json" ? ['{"a":', "", "[1,", "\u0000"] : ["a=1&a=2"];
      for (const body of wrong) assert.equal((await request(own, body)).status, 400, `${nameOf(route)} ${body}`);
    }
  });

  test("a query parameter that comes twice", async () => {
    for (const route of routes) {
      const { status } = await send(`${filled(route.path)}?next=a&next=b`, ours(route, {}));
      assert.equal(status, 400, nameOf(route));
    }
  });

  test("strangers, and cookies that were tampered with", async () => {
    const [name = "", secret = ""] = [...admin.browser.cookies].find(([cookie]) => cookie.endsWith("brevet_page")) ?? [];
    const tampered = [`${name}=${secret.slice(0, -1)}${secret.endsWith("A") ? "B" : "A"}`, `${name}=`, `${name}=' OR '1'='1`];
    const before = await everything();
    for (const route of routes) {
      for (const cookie of [undefined, ...tampered]) {
        const answer = await send(filled(route.path), ours(route, {}, cookie));
        if (isForStrangers(route)) assert.ok(answer.status < 400, `${nameOf(route)} ${answer.status}`);
        else assert.ok(isRefusal(answer), `${nameOf(route)} answers ${answer.status} to ${cookie ?? "nobody"}`);
      }
    }
    assert.equal(await everything(), before);
  });

  test("what another site has an administrator's browser send, and forms that were on no page", async () => {
    const cookie = cookieOf(admin);
    const before = await everything();
    for (const route of routes.filter(changes)) {
      const good = ours(route, {}, cookie);
      for (const headers of [
        { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
        { origin: "null", "sec-fetch-site": "cross-site" },
        { origin: trial.url, "sec-fetch-site": "same-site" },
        { origin: `${trial.url}.evil.example` },
      ]) {
        const { "sec-fetch-site": _site, ...rest } = good.headers ?? {};
        const answer = await send(filled(route.path), { ...good, headers: { ...rest, ...headers } });
        // A program brings a token in a header, which no other site can have a browser send: an API looks at no cookie.
        assert.equal(answer.status, isApi(route) ? 401 : 403, `${nameOf(route)} from ${headers.origin}`);
      }
      if (route.body !== "form" || isApi(route)) continue;
      const answer = await send(filled(route.path), ours(route, { form_token: "forged" }, cookie));
      assert.ok(isRefusal(answer), `${nameOf(route)} ${answer.status}`);
    }
    assert.equal(await everything(), before);
  });

  test("a host that it is not, in whatever it answers", async () => {
    const lies = {
      host: "evil.example",
      "x-forwarded-host": "evil.example",
      forwarded: "host=evil.example",
      "x-original-url": "/admin",
    };
    for (const route of routes) {
      const request = ours(route, {}, cookieOf(admin));
      const { headers, body } = await send(filled(route.path), { ...request, headers: { ...request.headers, ...lies } });
      assert.ok(!`${JSON.stringify(headers)}${body}`.includes("evil.example"), nameOf(route));
    }
  });
});

/** Every name that a field of a form or of a body has somewhere in the server: found in its source. */
function fieldNames(): readonly string[] {
  const names = new Set<string>();
  for (const folder of ["pages", "people", "upstream"]) {
    const top = join(import.meta.dirname, "../../src/server", folder);
    for (const file of readdirSync(top).filter((name) => name.endsWith(".ts"))) {
      const source = readFileSync(join(top, file), "utf8");
      for (const [, name = ""] of source.matchAll(/(?:form\.get|field|words|fieldOf\([\w.]+, |query\.get)\(?"(\w+)"/g))
        names.add(name);
    }
  }
  return [...names].filter((name) => name !== "form_token");
}

const HOSTILE = [
  `'; DROP TABLE person; --`,
  `" OR ""="`,
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  "../../../../etc/passwd",
  "\u0000\u0007\u202e",
  "\ud800",
  "%00%ff%2e%2e",
  "x".repeat(20_000),
  "__proto__",
  "-1",
  "//evil.example/\\evil.example",
];

describe("an administrator's own session", { concurrency: false }, () => {
  /** What a page of the administrator has as its token. */
  async function formToken(): Promise<string> {
    const page = await (await admin.browser.ask(`${trial.url}/account`)).text();
    return /name="form_token" value="([^"]+)"/.exec(page)?.[1] ?? assert.fail(page);
  }

  test("carries SQL and markup in every field and every segment, and nothing breaks or comes back as markup", async () => {
    const names = fieldNames();
    assert.ok(
      ["email", "name", "groups", "code", "keyName", "issuer", "next"].every((name) => names.includes(name)),
      names.join(),
    );
    const token = await formToken();
    const answered = new Set<string>();
    // They end the sessions that all of this needs.
    const ends = ["/sign-out", "/account/sessions/end-others"];
    for (const route of routes.filter(({ path }) => !ends.includes(path))) {
      for (const value of HOSTILE) {
        const fields = { ...Object.fromEntries(names.map((name) => [name, value])), form_token: token };
        answered.add(`${nameOf(route)} ${await attack(route, value, fields)}`);
      }
    }
    // They were heard, and refused for what they said: not at the door.
    for (const heard of ["POST /admin/invites 400", "POST /recover 410", `POST ${API_BASE}/invites 400`]) {
      assert.ok(answered.has(heard), heard);
    }
    assert.equal((await trial.server.storage.read("SELECT id FROM person WHERE email = 'root@example.com'")).length, 1);
    assert.deepEqual(trial.failures, []);
  });

  test("carries values of every type in JSON, and nothing breaks", async () => {
    for (const route of routes.filter(({ body }) => body === "json")) {
      for (const value of [{ toString: 1 }, {}, [[]], [{ toString: null }], 1e308, true, null]) {
        const fields = Object.fromEntries(fieldNames().map((name) => [name, value]));
        const { status } = isApi(route)
          ? await byApi(route, filled(route.path), "", fields)
          : await send(filled(route.path), ours(route, fields, cookieOf(admin)));
        assert.ok(status < 500, `${nameOf(route)} with ${JSON.stringify(value)} answers ${status}`);
      }
    }
    assert.deepEqual(trial.failures, []);
  });

  async function attack(route: Listed, value: string, fields: Readonly<Record<string, string>>): Promise<number> {
    // Half of a surrogate pair is no character that a URL could carry.
    const path = filled(route.path, /\p{Surrogate}/u.test(value) ? "x" : value).slice(0, 8000);
    const short = value.slice(0, 500);
    const query = route.method === "GET" ? `?${new URLSearchParams({ next: short, after: short })}` : "";
    const answer = isApi(route)
      ? await byApi(route, path, query, fields)
      : await send(`${path}${query}`, ours(route, fields, cookieOf(admin)));
    const where = `${nameOf(route)} with ${JSON.stringify(value.slice(0, 40))}`;
    assert.ok(answer.status < 500, `${where} answers ${answer.status}`);
    const asPage = String(answer.headers["content-type"]).includes("text/html");
    if (asPage) assert.ok(!/<script>alert|<img src=x/.test(answer.body), where);
    assert.ok(!/^(?:https?:)?\/\/evil|^\/[\\/]/.test(String(answer.headers["location"] ?? "")), where);
    return answer.status;
  }

  async function byApi(route: Listed, path: string, query: string, fields: unknown): Promise<RawAnswer> {
    const below = path.slice(API_BASE.length);
    const { status, headers, body } = await api.call(
      route.method,
      `${below}${query}`,
      route.body === undefined ? undefined : fields,
    );
    return { status, headers: { "content-type": headers.get("content-type") ?? "" }, body: JSON.stringify(body) };
  }

  test("is led nowhere else after a sign-in", async () => {
    for (const next of [
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "/account/../../evil",
      "javascript:alert(1)",
      "/admin?x=//evil",
    ]) {
      const page = await (await admin.browser.ask(`${trial.url}/sign-in?next=${encodeURIComponent(next)}`)).text();
      assert.match(page, /name="next" value="\/account"/, next);
      const where = await admin.perform(`${trial.url}/sign-in?next=${encodeURIComponent(next)}`, { next });
      assert.equal(where, `${trial.url}/account`, next);
    }
  });
});
