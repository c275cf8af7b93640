import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { formatDuration } from "../../src/core/time.ts";
import { ENDPOINTS } from "../../src/wire/brevet-api/endpoints.ts";
import { apiCaller } from "./api-caller.ts";
import { keyHolder } from "./key-holder.ts";
import { type RawAnswer, type RawRequest, rawRequest } from "./raw-request.ts";
import { startTrial, type TrialServer } from "./trial-server.ts";

let trial: TrialServer;
before(async () => {
  trial = await startTrial();
});
after(() => trial.close());

const raw = (path: string, options: RawRequest = {}): Promise<RawAnswer> => rawRequest(trial.url, path, options);

describe("a login server", () => {
  test("says that it lives and that it is ready", async () => {
    assert.deepEqual(JSON.parse((await raw("/health")).body), { status: "ok" });
    assert.equal((await raw("/ready")).status, 200);
  });

  test("counts what it does, for who may look", async () => {
    await raw(ENDPOINTS.jwks);
    const registration = JSON.stringify({ redirect_uris: ["https://app.example/"] });
    await raw(ENDPOINTS.registration, { method: "POST", headers: { "content-type": "application/json" }, body: registration });
    const { status, body } = await raw("/metrics");
    assert.equal(status, 200);
    assert.match(body, /brevet_documents_sent [1-9]/);
    assert.match(body, /brevet_signing_key_age_seconds\{algorithm="ES256"\} \d/);
    assert.match(body, /brevet_audit_events_total\{event="client.registered"\} 1/);
  });

  test("shows what it counts to nobody by a proxy on this machine that it was not told of", async () => {
    assert.equal((await raw("/metrics", { headers: { "x-forwarded-for": "198.51.100.1" } })).status, 403);
  });

  test("tells browsers to run nothing and to frame nothing", async () => {
    for (const path of ["/health", ENDPOINTS.jwks, "/nowhere", ENDPOINTS.authorization]) {
      const { headers } = await raw(path);
      assert.match(String(headers["content-security-policy"]), /default-src 'none'/, path);
      assert.equal(headers["x-content-type-options"], "nosniff", path);
    }
  });

  test("names itself by its issuer, whatever the request says of itself", async () => {
    const lies = {
      host: "evil.example",
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "https",
      forwarded: "host=evil.example",
    };
    const bodies = [await raw(ENDPOINTS.discovery, { headers: lies }), await raw(ENDPOINTS.discovery)].map(({ body }) => body);
    for (const body of bodies) {
      assert.ok(!body.includes("evil"));
      assert.ok(!body.includes("https://"));
      assert.equal((JSON.parse(body) as { token_endpoint: string }).token_endpoint, `${trial.url}${ENDPOINTS.token}`);
    }
    assert.equal(bodies[0], bodies[1]);
  });

  test("names itself by its issuer, whatever host a request's target names", async () => {
    const plain = (await raw(ENDPOINTS.discovery)).body;
    for (const origin of ["https://evil.example", "HTTP://evil.example:8443", "http://user@evil.example"]) {
      const lie = await raw(`${origin}${ENDPOINTS.discovery}`);
      assert.deepEqual([lie.status, lie.body], [200, plain], origin);
      assert.equal((await raw(`${origin}/health`)).status, 200, origin);
    }
    assert.equal((await raw(`${ENDPOINTS.discovery}?anew`)).body, plain, "by the provider");
    assert.equal((await raw(ENDPOINTS.discovery)).body, plain, "as it is kept for everybody");
    assert.equal((await raw("*", { method: "OPTIONS" })).status, 404);
  });

  test("has an endpoint under the one name that it is limited, logged and remembered by", async () => {
    const body = JSON.stringify({ redirect_uris: ["https://app.example/"] });
    const register = { method: "POST", headers: { "content-type": "application/json" }, body };
    assert.equal((await raw(ENDPOINTS.registration, register)).status, 201);
    for (const path of ["/oauth/register/", "/OAUTH/REGISTER", "/oauth/Register", "//oauth/register", "/oauth/%72egister"]) {
      const { status, headers } = await raw(path, register);
      assert.deepEqual([status, headers["content-type"]], [404, "application/problem+json"], path);
    }
    const page = await raw("/oauth/token/", { headers: { accept: "text/html" } });
    assert.deepEqual([page.status, page.headers["content-type"]], [404, "text/html; charset=utf-8"]);
  });

  test("lets the documents be read by any page, and cached for minutes", async () => {
    const { headers } = await raw(ENDPOINTS.jwks, { headers: { origin: "https://app.example" } });
    assert.equal(headers["access-control-allow-origin"], "*");
    assert.equal(headers["cache-control"], "public, max-age=300");
    assert.equal(headers["content-type"], "application/json");
  });

  test("says of a document that is known already only that it is", async () => {
    for (const path of [ENDPOINTS.jwks, ENDPOINTS.discovery]) {
      const first = await raw(path);
      const again = await raw(path, { headers: { "if-none-match": String(first.headers["etag"]) } });
      assert.deepEqual([first.status, again.status, again.body], [200, 304, ""]);
      assert.equal(again.headers["etag"], first.headers["etag"]);
      assert.equal((await raw(path, { headers: { "if-none-match": '"another"' } })).status, 200);
    }
  });

  test("refuses what a route does not take", async () => {
    assert.equal((await raw("/health", { method: "POST" })).status, 405);
    assert.equal((await raw("/health", { method: "POST" })).headers["allow"], "GET");
    assert.equal((await raw("/health?a=1&a=2")).status, 400);
    assert.equal(
      (await raw("/interaction/x/trial", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" })).status,
      415,
    );
    const form = { "content-type": "application/x-www-form-urlencoded" };
    assert.equal((await raw("/interaction/x/trial", { method: "POST", headers: form, body: "a=1&a=2" })).status, 400);
    assert.equal(
      (await raw("/interaction/x/trial", { method: "POST", headers: form, body: `a=${"x".repeat(70_000)}` })).status,
      413,
    );
    assert.equal(
      (
        await raw("/interaction/x/trial", {
          method: "POST",
          headers: { ...form, "transfer-encoding": "chunked" },
          body: `a=${"x".repeat(70_000)}`,
        })
      ).status,
      413,
    );
    assert.equal((await raw("/interaction/x/trial", { method: "POST", headers: form, body: "account=p1" })).status, 400);
  });

  test("refuses what the provider does not take, without a fault of its own", async () => {
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const hostile: readonly (readonly [string, Parameters<typeof raw>[1]])[] = [
      [ENDPOINTS.token, { method: "POST", headers: form, body: `a=${"x".repeat(70_000)}` }],
      [
        ENDPOINTS.token,
        { method: "POST", headers: { ...form, "transfer-encoding": "chunked" }, body: `a=${"x".repeat(70_000)}` },
      ],
      [ENDPOINTS.token, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }],
      [ENDPOINTS.token, { method: "POST", headers: form, body: "grant_type=refresh_token&grant_type=x&client_id=brevet-cli" }],
      [
        ENDPOINTS.token,
        { method: "POST", headers: form, body: "grant_type=authorization_code&client_id=brevet-cli&code=' OR 1=1 --" },
      ],
      [ENDPOINTS.token, { method: "POST", headers: form, body: "grant_type=%00&client_id=%00" }],
      [ENDPOINTS.token, { method: "GET" }],
      [`${ENDPOINTS.authorization}?client_id=brevet-cli&redirect_uri=https://evil.example/`, {}],
      [`${ENDPOINTS.authorization}?client_id=<script>alert(1)</script>`, { headers: { accept: "text/html" } }],
      [ENDPOINTS.userinfo, { headers: { authorization: 'Bearer "x' } }],
      [ENDPOINTS.registration, { method: "POST", headers: { "content-type": "application/json" }, body: "[]" }],
      [
        ENDPOINTS.registration,
        { method: "POST", headers: { "content-type": "application/json" }, body: '{"redirect_uris":["javascript:alert(1)"]}' },
      ],
      [`${ENDPOINTS.logout}?post_logout_redirect_uri=https://evil.example/`, {}],
      ["/interaction/../../etc/passwd", {}],
      ["/%00", {}],
      ["//evil.example/", {}],
    ];
    for (const [path, options] of hostile) {
      const { status, body, headers } = await raw(path, options);
      assert.ok(status >= 200 && status < 500, `${path}: ${status} ${body}`);
      assert.ok(!body.includes("<script>alert"), path);
      assert.ok(!String(headers["location"] ?? "").startsWith("https://evil"), path);
    }
    assert.deepEqual(trial.failures, []);
  });

  test("has no page fetched for a client from a network of its own", async () => {
    const answer = await raw(ENDPOINTS.registration, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        redirect_uris: ["https://app.example/"],
        sector_identifier_uri: "https://127.0.0.1:1/x",
        subject_type: "public",
      }),
    });
    assert.equal(answer.status, 400, answer.body);
  });
});

describe("limits", () => {
  test("of no registration have nobody but an administrator make a client", async () => {
    const closed = await startTrial({ settings: { registrationsPerMinute: 0 } });
    try {
      const discovery = (await (await fetch(`${closed.url}${ENDPOINTS.discovery}`)).json()) as Record<string, unknown>;
      assert.equal(discovery["registration_endpoint"], undefined);
      const body = JSON.stringify({ redirect_uris: ["https://app.example/"] });
      const headers = { "content-type": "application/json" };
      const asked = await fetch(`${closed.url}${ENDPOINTS.registration}`, { method: "POST", headers, body });
      assert.equal(asked.status, 404);
      const admin = keyHolder(closed.url);
      await admin.perform(closed.server.firstLink?.reveal() ?? "", { email: "root@example.com", name: "Root", keyName: "key" });
      const [person] = await closed.server.storage.read("SELECT id FROM person");
      const api = await apiCaller(closed, String(person?.["id"]));
      assert.equal(
        (await api.call("POST", "/clients", { client_name: "App", redirect_uris: ["https://app.example/"] })).status,
        201,
      );
    } finally {
      await closed.close();
    }
  });

  test("hold an address up, on every instance, until the minute is over", async () => {
    const small = await startTrial({ settings: { requestsPerMinute: 5, registrationsPerMinute: 2 } });
    try {
      const statuses: number[] = [];
      for (let index = 0; index < 7; index++) statuses.push((await fetch(`${small.url}${ENDPOINTS.userinfo}`)).status);
      assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429]);
      const refused = await fetch(`${small.url}${ENDPOINTS.userinfo}`);
      const seconds = Number(refused.headers.get("retry-after"));
      assert.ok(seconds > 0);
      assert.match(await refused.text(), new RegExp(`run the same command again in ${formatDuration(seconds)}\\b`));
      assert.equal((await fetch(`${small.url}${ENDPOINTS.jwks}`)).status, 200, "documents are for verifiers, not for clients");
      small.advance(60);
      assert.equal((await fetch(`${small.url}${ENDPOINTS.userinfo}`)).status, 401);
    } finally {
      await small.close();
    }
  });
});
