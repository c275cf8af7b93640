import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { CLI_CLIENT_ID, ENDPOINTS } from "../../src/wire/brevet-api/endpoints.ts";
import { TOKEN_EXCHANGE_GRANT } from "../../src/wire/oauth/names.ts";
import { openBrowser } from "./browser.ts";
import { type KeyHolder, keyHolder, post } from "./key-holder.ts";
import { type RawAnswer, type RawRequest, rawRequest } from "./raw-request.ts";
import { startTrial, type TrialServer } from "./trial-server.ts";

let trial: TrialServer;
/** A service of the internal network, which must hear nothing. */
let inside: { readonly port: number; readonly heard: string[]; close(): void };
before(async () => {
  trial = await startTrial({ settings: { requestsPerMinute: 1_000_000, registrationsPerMinute: 1_000_000 } });
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.setHeader("content-type", "application/json").end('{"keys":[]}');
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  inside = { port: (server.address() as AddressInfo).port, heard, close: () => void server.close() };
});
after(async () => {
  inside.close();
  await trial.close();
});

const send = (path: string, options: RawRequest = {}): Promise<RawAnswer> => rawRequest(trial.url, path, options);
const form = (fields: Readonly<Record<string, string>> | string, headers: Readonly<Record<string, string>> = {}): RawRequest => ({
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  body: typeof fields === "string" ? fields : new URLSearchParams(fields).toString(),
});

describe("every endpoint of the provider", { concurrency: false }, () => {
  const paths = Object.values(ENDPOINTS);

  test("answers whatever method and body with a refusal, and never breaks", async () => {
    const types = ["application/x-www-form-urlencoded", "application/json", "text/xml", "multipart/form-data"];
    const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"];
    for (const path of paths) {
      for (const [method, type] of methods.flatMap((method) => types.map((type) => [method, type] as const))) {
        const { status } = await send(path, { method, headers: { "content-type": type }, body: method === "GET" ? "" : '{"a":' });
        const reads = method === "GET" || method === "OPTIONS";
        // A form of the device page that comes without its session is shown anew.
        const least = reads || path === ENDPOINTS.deviceCode ? 200 : 400;
        assert.ok(status >= least && status < 500, `${method} ${path} as ${type} answers ${status}`);
      }
    }
  });

  test("prints nothing of clients that hang up in the middle", async ({ mock }) => {
    const printed = mock.method(console, "error", () => undefined);
    for (const path of [ENDPOINTS.token, ENDPOINTS.introspection]) {
      const socket = connect(Number(new URL(trial.url).port), "127.0.0.1");
      socket.end(
        `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 9\r\n\r\na=`,
      );
      await once(socket.resume(), "close");
    }
    assert.deepEqual(printed.mock.calls, []);
  });

  test("refuses what is too long, with and without saying so before", async () => {
    const long = `a=${"x".repeat(200_000)}`;
    for (const path of paths) {
      for (const headers of [{}, { "transfer-encoding": "chunked" }]) {
        const { status } = await send(path, form(long, headers)).catch(() => ({ status: 413 }));
        const shown = status === 303 && path === ENDPOINTS.deviceCode;
        assert.ok(shown || (status >= 400 && status < 500), `${path} answers ${status}`);
      }
    }
  });

  test("refuses a parameter that comes twice, because readers would not agree on which one counts", async () => {
    const twice = `client_id=${CLI_CLIENT_ID}&client_id=other&grant_type=authorization_code&code=a&code=b&token=a&token=b&scope=openid&scope=email`;
    const taking = ["deviceAuthorization", "token", "pushedAuthorization", "introspection", "revocation"] as const;
    for (const name of taking) {
      const { status } = await send(ENDPOINTS[name], form(twice));
      assert.equal(status, 400, name);
    }
    assert.equal((await send(`${ENDPOINTS.authorization}?${twice}`)).status, 400);
  });

  const HOSTILE = [
    "'; DROP TABLE artifact; --",
    "<script>alert(1)</script>",
    '"><img src=x>',
    "\u0000",
    "%ff",
    "x".repeat(9000),
    "__proto__",
  ];
  test("carries SQL and markup in every parameter, and nothing breaks or comes back as markup", async () => {
    const names = [
      "client_id",
      "redirect_uri",
      "response_type",
      "scope",
      "state",
      "nonce",
      "prompt",
      "login_hint",
      "request",
      "request_uri",
      "code",
      "code_verifier",
      "refresh_token",
      "token",
      "user_code",
      "device_code",
      "subject_token",
      "subject_token_type",
      "audience",
      "resource",
      "actor_token",
      "client_assertion",
      "id_token_hint",
      "post_logout_redirect_uri",
      "claims",
      "acr_values",
      "max_age",
    ];
    for (const value of HOSTILE) {
      const fields = Object.fromEntries(names.map((name) => [name, value]));
      for (const path of paths) {
        for (const grant_type of ["authorization_code", "refresh_token", TOKEN_EXCHANGE_GRANT, value]) {
          await attack(path, value, { ...fields, grant_type });
          await attack(path, value, { ...fields, grant_type, client_id: CLI_CLIENT_ID });
        }
      }
    }
    assert.deepEqual(trial.failures, []);
  });

  async function attack(path: string, value: string, fields: Readonly<Record<string, string>>): Promise<void> {
    const posted = await send(path, form(fields, { dpop: value.replace(/[^\x20-\x7e]/g, "x") }));
    const got = await send(`${path}?${new URLSearchParams(fields)}`.slice(0, 12_000));
    for (const { status, body, headers } of [posted, got]) {
      assert.ok(status < 500, `${path} answers ${status} to ${value.slice(0, 30)}`);
      if (String(headers["content-type"]).includes("text/html")) assert.ok(!/<script>alert|<img src=x/.test(body), path);
    }
  }

  test("sends browsers to no address that a client has not registered", async () => {
    const evil = "https://evil.example/back";
    const asked = new URLSearchParams({ client_id: CLI_CLIENT_ID, redirect_uri: evil, response_type: "code", scope: "openid" });
    for (const path of [
      `${ENDPOINTS.authorization}?${asked}`,
      `${ENDPOINTS.logout}?client_id=${CLI_CLIENT_ID}&post_logout_redirect_uri=${evil}`,
    ]) {
      const { status, headers } = await send(path);
      assert.deepEqual([status, headers["location"]], [400, undefined], path);
    }
  });
});

describe("a client that registers itself", { concurrency: false }, () => {
  const registration = (more: Readonly<Record<string, unknown>>): RawRequest => ({
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ redirect_uris: ["https://app.example/back"], ...more }),
  });
  const register = (more: Readonly<Record<string, unknown>>): Promise<RawAnswer> =>
    send(ENDPOINTS.registration, registration(more));

  /** The ways to write this machine, and what stands for it. */
  const INSIDE = ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "0x7f.1", "127.1"];
  /** Registers a client whose every address lies inside, and has the server want them. */
  async function tempt(host: string, url = trial.url): Promise<void> {
    const send = (path: string, options: RawRequest): Promise<RawAnswer> => rawRequest(url, path, options);
    const there = `http://${host}:${inside.port}/latest/meta-data`;
    const register = (more: Readonly<Record<string, unknown>>): Promise<RawAnswer> =>
      send(ENDPOINTS.registration, registration(more));
    await register({ sector_identifier_uri: there.replace("http:", "https:"), subject_type: "public" });
    const method = { token_endpoint_auth_method: "private_key_jwt", token_endpoint_auth_signing_alg: "ES256" };
    const answer = await register({ jwks_uri: there, ...method, grant_types: ["authorization_code", "refresh_token"] });
    assert.ok(answer.status < 500);
    if (answer.status !== 201) return;
    const { client_id } = JSON.parse(answer.body) as { client_id: string };
    const claims = { iss: client_id, sub: client_id, aud: url, jti: host, iat: trial.now(), exp: trial.now() + 60 };
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const client_assertion = `${part({ alg: "ES256", kid: "x" })}.${part(claims)}.${Buffer.alloc(64, 1).toString("base64url")}`;
    const client_assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    const asked = await send(
      ENDPOINTS.token,
      form({ grant_type: "refresh_token", refresh_token: "x", client_id, client_assertion, client_assertion_type }),
    );
    assert.ok(asked.status >= 400 && asked.status < 500, asked.body);
  }

  for (const host of INSIDE) {
    test(`makes the server ask nothing at ${host}`, async () => {
      await tempt(host);
      assert.deepEqual(inside.heard, []);
    });
  }

  test("is asked inside where the settings allow it: so would it be above", async () => {
    const open = await startTrial({ file: { internalNetworks: ["127.0.0.0/8"] } });
    try {
      await tempt("127.0.0.1", open.url);
      assert.deepEqual(inside.heard, ["GET /latest/meta-data"]);
    } finally {
      inside.heard.length = 0;
      await open.close();
    }
  });

  test("cannot hand in keys that are nested without end", async () => {
    const endless = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    const { headers = {}, body = "" } = registration({ jwks: { keys: [{ kty: "RSA", n: "AQAB", e: "AQAB", x: "…" }] } });
    const answer = await send(ENDPOINTS.registration, { method: "POST", headers, body: body.replace('"…"', endless) });
    assert.deepEqual([answer.status, JSON.parse(answer.body).error], [400, "invalid_client_metadata"]);
  });

  test("cannot become the command line, nor name scripts as addresses", async () => {
    for (const more of [
      { redirect_uris: ["javascript:alert(1)"] },
      { redirect_uris: ["data:text/html,x"] },
      { redirect_uris: ["http://evil.example/back"] },
      { redirect_uris: ["http://192.168.0.1/back"], application_type: "native" },
      { post_logout_redirect_uris: ["http://evil.example/out"] },
      { client_uri: "javascript:alert(1)" },
      { logo_uri: "javascript:1" },
    ]) {
      assert.equal((await register(more)).status, 400, JSON.stringify(more));
    }
    const { status, body } = await register({ client_id: CLI_CLIENT_ID });
    if (status === 201) assert.notEqual((JSON.parse(body) as { client_id: string }).client_id, CLI_CLIENT_ID);
  });
});

test("who is led to a device's code sees that it was asked for from somewhere else", async () => {
  const behindProxy = await startTrial({ settings: { trustedProxies: ["127.0.0.1"] } });
  try {
    const shown = async (asking: string): Promise<string> => {
      const wish = form({ client_id: CLI_CLIENT_ID, scope: "openid" }, { "x-forwarded-for": asking });
      const { body } = await rawRequest(behindProxy.url, ENDPOINTS.deviceAuthorization, wish);
      const { user_code } = JSON.parse(body) as { user_code: string };
      const browser = openBrowser();
      const page = await (await browser.ask(`${behindProxy.url}${ENDPOINTS.deviceCode}`)).text();
      const [, xsrf = ""] = /name="xsrf" value="([^"]+)"/.exec(page) ?? [];
      return (await browser.ask(`${behindProxy.url}${ENDPOINTS.deviceCode}`, { xsrf, user_code })).text();
    };
    assert.match(await shown("203.0.113.7"), /Asked for from.*203\.0\.113\.7.*This browser is at.*127\.0\.0\.1/s);
    assert.match(await shown("127.0.0.1"), /asked for from.*127\.0\.0\.1.*where this browser is too/s);
  } finally {
    await behindProxy.close();
  }
});

describe("who is registered", { concurrency: false }, () => {
  let alice: KeyHolder;
  before(async () => {
    alice = keyHolder(trial.url);
    await alice.perform(trial.server.firstLink?.reveal() ?? "", { email: "alice@example.com", name: "Alice", keyName: "key" });
  });

  /** What a sign-in is told, without what differs by chance. */
  async function toldAfter(holder: KeyHolder, twist: Parameters<KeyHolder["key"]["get"]>[1]): Promise<string> {
    const begun = (await (await post(openBrowser(), `${trial.url}/sign-in/begin`, {})).json()) as {
      handle: string;
      options: never;
    };
    const answer = holder.key.get(begun.options, twist);
    const told = await post(openBrowser(), `${trial.url}/sign-in/finish`, { handle: begun.handle, answer });
    return `${told.status} ${await told.text()}`;
  }

  test("is told to nobody by what a failed sign-in says: no key, a wrong one, one of somebody deactivated", async () => {
    const begun = (await (await post(openBrowser(), `${trial.url}/sign-in/begin`, { email: "alice@example.com" })).json()) as {
      options: { allowCredentials?: unknown[] };
    };
    assert.deepEqual(begun.options.allowCredentials ?? [], []);
    const stranger = keyHolder(trial.url);
    await stranger.key.create({
      rp: { id: "localhost", name: "x" },
      user: { id: "eA", name: "x", displayName: "x" },
      challenge: "AAAA",
      pubKeyCredParams: [],
    });
    const unknown = await toldAfter(stranger, {});
    const wrong = await toldAfter(alice, { forged: true });
    const unit = trial.server.storage.openUnit();
    unit.write("UPDATE person SET active = 0 WHERE email = 'alice@example.com'", []);
    await unit.commit();
    const deactivated = await toldAfter(alice, {});
    assert.match(unknown, /^403 /);
    assert.deepEqual([wrong, deactivated], [unknown, unknown]);
  });

  test("is told to nobody by a recovery code that does not count", async () => {
    const told = async (code: string): Promise<string> => {
      const answer = await openBrowser().ask(`${trial.url}/recover`, { code });
      return `${answer.status} ${await answer.text()}`;
    };
    assert.equal(await told("aaaaa-bbbbb-ccccc-ddddd"), await told("alice@example.com"));
  });
});
