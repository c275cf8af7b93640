import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { createRemoteJWKSet, decodeJwt, exportJWK, generateKeyPair, jwtVerify, SignJWT } from "jose";
import * as client from "openid-client";
import { Fault } from "../../src/core/fault.ts";
import { privateFiles } from "../../src/platform/private-files.ts";
import { sealKeptSecrets } from "../../src/server/first-start.ts";
import { openSeal } from "../../src/server/keys/seal.ts";
import { signOut } from "../../src/server/people/sessions.ts";
import { artifactAdapter, withArtifacts } from "../../src/server/provider/artifacts.ts";
import { withOpenSecret } from "../../src/server/provider/client-secret.ts";
import type { Unit } from "../../src/server/store/unit.ts";
import { ENDPOINTS } from "../../src/wire/brevet-api/endpoints.ts";
import { type Browser, openBrowser, signInThrough } from "./browser.ts";
import { discoverCli, signInAtCli } from "./sign-in.ts";
import { startTrial, type TrialOptions, type TrialServer } from "./trial-server.ts";

const APP = "http://127.0.0.1:9/back";
const refusedAs = (error: string) => (cause: unknown) =>
  (cause instanceof client.ResponseBodyError || cause instanceof client.AuthorizationResponseError) && cause.error === error;

/** The flows of an OpenID provider, by clients of another make, over one kind of database. */
export function openidFlows(name: string, options: () => Promise<TrialOptions>): void {
  describe(`an OpenID provider on ${name}`, () => {
    let trial: TrialServer;
    before(async () => {
      trial = await startTrial(await options());
      await trial.addPerson({ id: "p1", email: "alice@example.com", name: "Alice", groups: ["dev"] });
    });
    after(() => trial.close());

    const http = { execute: [client.allowInsecureRequests] };

    async function register(metadata: Partial<client.ClientMetadata> = {}): Promise<client.Configuration> {
      return client.dynamicClientRegistration(
        new URL(trial.url),
        { redirect_uris: [APP], grant_types: ["authorization_code", "refresh_token"], application_type: "native", ...metadata },
        undefined,
        http,
      );
    }

    async function authorize(
      configuration: client.Configuration,
      parameters: Readonly<Record<string, string>> = {},
      { pushed = false, browser = openBrowser() } = {},
    ): Promise<{ readonly back: URL; readonly verifier: string }> {
      const verifier = client.randomPKCECodeVerifier();
      const request = {
        redirect_uri: APP,
        scope: "openid email profile groups offline_access",
        prompt: "consent",
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        ...parameters,
      };
      const url = pushed
        ? await client.buildAuthorizationUrlWithPAR(configuration, request)
        : client.buildAuthorizationUrl(configuration, request);
      return { back: new URL(await signInThrough(browser, url.href, APP, { account: "p1" })), verifier };
    }

    async function session(configuration: client.Configuration, parameters: Readonly<Record<string, string>> = {}) {
      const { back, verifier } = await authorize(configuration, parameters);
      return client.authorizationCodeGrant(configuration, back, { pkceCodeVerifier: verifier });
    }

    test("signs a person in by code and PKCE, pushed or not", async () => {
      const configuration = await register();
      for (const pushed of [false, true]) {
        const { back, verifier } = await authorize(configuration, {}, { pushed });
        const tokens = await client.authorizationCodeGrant(configuration, back, { pkceCodeVerifier: verifier });
        const claims = tokens.claims();
        assert.deepEqual(
          [claims?.sub, claims?.["email"], claims?.["name"], claims?.["groups"], claims?.["acr"], claims?.["amr"]],
          ["p1", "alice@example.com", "Alice", ["dev"], "urn:brevet:level:passkey", ["hwk", "user"]],
        );
        const keys = createRemoteJWKSet(new URL(`${trial.url}${ENDPOINTS.jwks}`));
        await jwtVerify(tokens.id_token ?? "", keys, { issuer: trial.url });
        const userinfo = await client.fetchUserInfo(configuration, tokens.access_token, "p1");
        assert.deepEqual(userinfo["groups"], ["dev"]);
      }
    });

    test("takes no request without PKCE, and no wrong verifier", async () => {
      const configuration = await register();
      const plain = client.buildAuthorizationUrl(configuration, { redirect_uri: APP, scope: "openid" });
      const at = await openBrowser().follow(plain.href, APP);
      assert.equal(new URL(at.url).searchParams.get("error"), "invalid_request");
      const { back } = await authorize(configuration);
      await assert.rejects(
        client.authorizationCodeGrant(configuration, back, { pkceCodeVerifier: client.randomPKCECodeVerifier() }),
        refusedAs("invalid_grant"),
      );
    });

    test("sends nobody to where the client is not registered", async () => {
      const configuration = await register();
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: "https://evil.example/",
        scope: "openid",
        code_challenge: "x".repeat(43),
        code_challenge_method: "S256",
      });
      const response = await openBrowser().ask(url.href);
      assert.equal(response.status, 400);
      assert.equal(response.headers.get("location"), null);
    });

    test("revokes everything of a code that comes twice", async () => {
      const configuration = await register();
      const { back, verifier } = await authorize(configuration);
      const tokens = await client.authorizationCodeGrant(configuration, back, { pkceCodeVerifier: verifier });
      await assert.rejects(
        client.authorizationCodeGrant(configuration, back, { pkceCodeVerifier: verifier }),
        refusedAs("invalid_grant"),
      );
      await assert.rejects(client.fetchUserInfo(configuration, tokens.access_token, "p1"));
      await assert.rejects(client.refreshTokenGrant(configuration, tokens.refresh_token ?? ""), refusedAs("invalid_grant"));
    });

    test("rotates refresh tokens, and revokes the family of one that comes again", async () => {
      const configuration = await register();
      const first = await session(configuration);
      const second = await client.refreshTokenGrant(configuration, first.refresh_token ?? "");
      assert.notEqual(second.refresh_token, first.refresh_token);
      await assert.rejects(client.refreshTokenGrant(configuration, first.refresh_token ?? ""), refusedAs("invalid_grant"));
      await assert.rejects(client.refreshTokenGrant(configuration, second.refresh_token ?? ""), refusedAs("invalid_grant"));
      await assert.rejects(client.fetchUserInfo(configuration, second.access_token, "p1"));
    });

    test("gives one of many that spend a refresh token at once a new one at most", async () => {
      const configuration = await register();
      const { refresh_token: token = "" } = await session(configuration);
      const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => client.refreshTokenGrant(configuration, token)));
      assert.ok(outcomes.filter(({ status }) => status === "fulfilled").length <= 1);
      for (const outcome of outcomes)
        if (outcome.status === "rejected") assert.ok(refusedAs("invalid_grant")(outcome.reason), outcome.reason);
    });

    /** Confirms a device's code in a browser. @returns how often it was asked to sign in or to consent. */
    async function letIn(
      browser: Browser,
      device: client.DeviceAuthorizationResponse,
      signIn: Readonly<Record<string, string>> = { account: "p1" },
    ): Promise<number> {
      const page = await (await browser.ask(device.verification_uri_complete ?? "")).text();
      const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? "";
      const typed = await (await browser.ask(device.verification_uri, { xsrf, user_code: device.user_code })).text();
      const again = /name="xsrf" value="([^"]+)"/.exec(typed)?.[1] ?? xsrf;
      const confirmed = await browser.ask(device.verification_uri, { xsrf: again, user_code: device.user_code, confirm: "yes" });
      let at = new URL(confirmed.headers.get("location") ?? "", trial.url).href;
      let asked = 0;
      for (; asked < 4 && at.includes("/interaction/"); asked++) {
        const response = await browser.ask(`${at}/trial`, signIn);
        at = (await browser.follow(new URL(response.headers.get("location") ?? "", at).href, APP)).url;
      }
      return asked;
    }

    test("lets a device in whose code a person confirms", async () => {
      const configuration = await discoverCli(trial);
      const keys = await client.randomDPoPKeyPair("ES256");
      const dpop = client.getDPoPHandle(configuration, keys);
      const device = await client.initiateDeviceAuthorization(configuration, { scope: "openid email offline_access" });
      await letIn(openBrowser(), device);
      const tokens = await client.pollDeviceAuthorizationGrant(configuration, { ...device, interval: 0.1 }, {}, { DPoP: dpop });
      assert.equal(tokens.claims()?.sub, "p1");
      assert.equal(tokens.token_type, "dpop");
    });

    test("lets no device in by a session that was there before: its person uses their key for it", async () => {
      const device = async (configuration: client.Configuration) =>
        client.initiateDeviceAuthorization(configuration, { scope: "openid email" });
      const [cli, app] = [
        await discoverCli(trial),
        await register({ grant_types: ["urn:ietf:params:oauth:grant-type:device_code"], token_endpoint_auth_method: "none" }),
      ];
      for (const [configuration, steps] of [
        [cli, 1],
        [app, 2],
      ] as const) {
        const browser = openBrowser();
        assert.equal(await letIn(browser, await device(cli), { account: "p1", age: "600" }), 1);
        const began = Math.floor(Date.now() / 1000);
        const asked = await device(configuration);
        assert.equal(await letIn(browser, asked), steps, "a sign-in, and for an app that is not ours the consent");
        const proof = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair("ES256"));
        const tokens = await client.pollDeviceAuthorizationGrant(configuration, { ...asked, interval: 0.1 }, {}, { DPoP: proof });
        assert.ok(Number(decodeJwt(tokens.id_token ?? "")["auth_time"]) >= began, "the session of before");
      }
    });

    /** A device that was let in by a browser: what it has to refresh its session by. */
    async function device(browser: Browser, configuration: client.Configuration) {
      const DPoP = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair("ES256"));
      const asked = await client.initiateDeviceAuthorization(configuration, { scope: "openid email" });
      await letIn(browser, asked);
      let { refresh_token: token = "" } = await client.pollDeviceAuthorizationGrant(
        configuration,
        { ...asked, interval: 0.1 },
        {},
        { DPoP },
      );
      return async () => {
        token = (await client.refreshTokenGrant(configuration, token, {}, { DPoP })).refresh_token ?? "";
      };
    }

    test("ends no machine's session by the next one that is let in by the same browser, nor by that browser's signing out", async () => {
      const app = await register({
        grant_types: ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
        token_endpoint_auth_method: "none",
      });
      for (const configuration of [await discoverCli(trial), app]) {
        const browser = openBrowser();
        const [first, second] = [await device(browser, configuration), await device(browser, configuration)];
        await first();
        const page = await (await browser.ask(`${trial.url}${ENDPOINTS.logout}`)).text();
        const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? "";
        const out = await browser.ask(`${trial.url}${ENDPOINTS.logout}/confirm`, { xsrf, logout: "yes" });
        assert.equal(out.status, 303);
        await Promise.all([first(), second()]);
      }
    });

    test("brings back no session and no client that was taken away after a request had found it", async () => {
      const { server, now } = trial;
      const { storage } = server;
      const browser = openBrowser();
      const app = await register();
      await authorize(app, {}, { browser });
      const by = { actor: "p1", client: null, address: "203.0.113.7" };
      const id = app.clientMetadata().client_id;
      for (const [kind, name, takeAway] of [
        [
          "Session",
          browser.cookies.get("brevet_session") ?? "",
          (unit: Unit) => signOut(unit, "p1", { but: null, now: now() }, by),
        ],
        ["Client", id, async (unit: Unit) => unit.write("DELETE FROM artifact WHERE kind = 'Client' AND handle = ?", [id])],
      ] as const) {
        const kept = artifactAdapter(kind, storage, now);
        const [request, meanwhile] = [storage.openUnit(), storage.openUnit()];
        await withArtifacts({} as IncomingMessage, request, async () => {
          const found = await kept.find(name);
          assert.ok(found, kind);
          await takeAway(meanwhile);
          await meanwhile.commit();
          await kept.upsert(name, found, 3600);
        });
        await assert.rejects(request.commit(), (cause) => cause instanceof Fault && cause.code === "ALREADY_USED");
        assert.equal(await artifactAdapter(kind, storage, now).find(name), undefined, kind);
      }
    });

    test("gives an ended session no other id, under which it would go on", async () => {
      const { server, now } = trial;
      const { storage } = server;
      const kept = artifactAdapter("Session", storage, now);
      for (const isEnded of [false, true]) {
        const browser = openBrowser();
        await authorize(await register(), {}, { browser });
        const [name, another] = [browser.cookies.get("brevet_session") ?? "", randomUUID()];
        const [request, meanwhile] = [storage.openUnit(), storage.openUnit()];
        await withArtifacts({} as IncomingMessage, request, async () => {
          const found = await kept.find(name);
          assert.ok(found);
          const by = { actor: "p1", client: null, address: "203.0.113.7" };
          if (isEnded) await signOut(meanwhile, "p1", { but: null, now: now() }, by);
          await meanwhile.commit();
          // As `Session.save` of the provider, after each page that was shown for a client.
          await kept.destroy(name);
          await kept.upsert(another, { ...found, jti: another }, 3600);
          await kept.upsert(another, { ...found, jti: another }, 3600);
        });
        if (isEnded) await assert.rejects(request.commit(), (cause) => cause instanceof Fault && cause.code === "ALREADY_USED");
        else await request.commit();
        assert.equal(await kept.find(name), undefined);
        assert.equal((await kept.find(another))?.accountId, isEnded ? undefined : "p1");
      }
    });

    test("records of a registration what people see of the client's name, and not all that a stranger sends", async () => {
      const app = await register({ client_name: "n".repeat(20_000) });
      const rows = await trial.server.storage.read("SELECT body FROM audit_row WHERE name = 'client.registered'", []);
      const bodies = rows.map(({ body }) => JSON.parse(String(body)));
      const event = bodies.find(({ client: id }) => id === app.clientMetadata().client_id);
      assert.deepEqual(event.details, { clientName: `${"n".repeat(59)}…` });
    });

    test("registers, shows, changes and removes a client for who holds its registration token", async () => {
      const answer = await fetch(`${trial.url}${ENDPOINTS.registration}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ redirect_uris: ["https://app.example/back"], client_name: "app" }),
      });
      assert.equal(answer.status, 201);
      const masked = await fetch(`${trial.url}${ENDPOINTS.registration}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ redirect_uris: ["https://app.example/back"], client_name: "brevet \u202egnp.exe" }),
      });
      assert.equal(masked.status, 400);
      const made = (await answer.json()) as Record<string, string>;
      const at = made["registration_client_uri"] ?? "";
      const bearer = (token: string | undefined): Record<string, string> => ({ authorization: `Bearer ${token}` });
      const shown = await fetch(at, { headers: bearer(made["registration_access_token"]) });
      assert.equal(((await shown.json()) as Record<string, string>)["client_name"], "app");
      assert.equal((await fetch(at, { headers: bearer("x") })).status, 401);
      const changed = await fetch(at, {
        method: "PUT",
        headers: { "content-type": "application/json", ...bearer(made["registration_access_token"]) },
        body: JSON.stringify({
          client_id: made["client_id"],
          client_secret: made["client_secret"],
          redirect_uris: ["https://app.example/2"],
          client_name: "app 2",
        }),
      });
      const after = (await changed.json()) as Record<string, string>;
      assert.equal(after["client_name"], "app 2");
      assert.equal((await fetch(at, { method: "DELETE", headers: bearer(after["registration_access_token"]) })).status, 204);
      assert.equal((await fetch(at, { headers: bearer(after["registration_access_token"]) })).status, 401);
    });

    test("tells a client of its own tokens, and forgets them when it says so", async () => {
      const configuration = await register();
      const tokens = await session(configuration);
      const told = await client.tokenIntrospection(configuration, tokens.access_token);
      assert.deepEqual([told.active, told.sub, told["acr"]], [true, "p1", "urn:brevet:level:passkey"]);
      const stranger = await register();
      assert.equal((await client.tokenIntrospection(stranger, tokens.access_token)).active, false);
      await client.tokenRevocation(configuration, tokens.refresh_token ?? "");
      assert.equal((await client.tokenIntrospection(configuration, tokens.access_token)).active, false);
    });

    test("signs a person out at one client, and tells the others", async () => {
      const heard: string[] = [];
      const listener = createServer((request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => {
          body += chunk;
        });
        request.on("end", () => {
          heard.push(body);
          response.end();
        });
      });
      await new Promise<void>((listening) => listener.listen(0, "127.0.0.1", listening));
      const port = (listener.address() as AddressInfo).port;
      try {
        const configuration = await register({
          backchannel_logout_uri: `http://127.0.0.1:${port}/logout`,
          post_logout_redirect_uris: ["http://127.0.0.1:9/out"],
        });
        const browser = openBrowser();
        const { back, verifier } = await authorize(configuration, {}, { browser });
        const tokens = await client.authorizationCodeGrant(configuration, back, { pkceCodeVerifier: verifier });
        const url = client.buildEndSessionUrl(configuration, {
          id_token_hint: tokens.id_token ?? "",
          post_logout_redirect_uri: "http://127.0.0.1:9/out",
        });
        const page = await (await browser.ask(url.href)).text();
        const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? "";
        const done = await browser.ask(`${trial.url}${ENDPOINTS.logout}/confirm`, { xsrf, logout: "yes" });
        assert.equal(done.headers.get("location"), "http://127.0.0.1:9/out");
        const claims = decodeJwt(new URLSearchParams(heard[0]).get("logout_token") ?? "");
        assert.deepEqual([claims.sub, claims.iss], ["p1", trial.url]);
        const next = await browser.follow(
          client.buildAuthorizationUrl(configuration, {
            redirect_uri: APP,
            scope: "openid",
            code_challenge: "x".repeat(43),
            code_challenge_method: "S256",
          }).href,
          APP,
        );
        assert.match(next.url, /\/interaction\//, "the session has not ended");
      } finally {
        await new Promise((closed) => listener.close(closed));
      }
    });

    test("makes a token for a resource that is named, and for no other", async () => {
      const configuration = await register();
      const tokens = await session(configuration, { resource: "https://api.example.com" });
      const claims = decodeJwt(tokens.access_token);
      assert.equal(claims.aud, "https://api.example.com");
      await assert.rejects(session(configuration, { resource: "https://other.example.com" }), refusedAs("invalid_target"));
    });

    describe("refuses a DPoP proof", () => {
      async function prove(change: (proof: { claims: Record<string, unknown>; header: Record<string, unknown> }) => void) {
        const { tokens } = await signInAtCli(trial, "p1");
        const pair = await generateKeyPair("ES256", { extractable: true });
        const proof = {
          claims: {
            jti: randomUUID(),
            htm: "POST",
            htu: `${trial.url}${ENDPOINTS.token}`,
            iat: Math.floor(Date.now() / 1000),
          } as Record<string, unknown>,
          header: { alg: "ES256", typ: "dpop+jwt", jwk: await exportJWK(pair.publicKey) } as Record<string, unknown>,
        };
        change(proof);
        const jwt = await new SignJWT(proof.claims).setProtectedHeader(proof.header as never).sign(pair.privateKey);
        return { tokens, jwt };
      }
      const hostile: Readonly<
        Record<string, (proof: { claims: Record<string, unknown>; header: Record<string, unknown> }) => void>
      > = {
        "for another method": ({ claims }) => void Object.assign(claims, { htm: "GET" }),
        "for another place": ({ claims }) => void Object.assign(claims, { htu: `${trial.url}${ENDPOINTS.userinfo}` }),
        "for another server": ({ claims }) => void Object.assign(claims, { htu: `https://evil.example${ENDPOINTS.token}` }),
        "of yesterday": ({ claims }) => void Object.assign(claims, { iat: Math.floor(Date.now() / 1000) - 86_400 }),
        "of tomorrow": ({ claims }) => void Object.assign(claims, { iat: Math.floor(Date.now() / 1000) + 86_400 }),
        "without a name": ({ claims }) => void Object.assign(claims, { jti: undefined }),
        "with a nonce of somebody else": ({ claims }) => void Object.assign(claims, { nonce: "made-up" }),
        "of another type": ({ header }) => void Object.assign(header, { typ: "JWT" }),
        "that shows a private key": ({ header }) =>
          void Object.assign(header, { jwk: { ...(header["jwk"] as object), d: "AAAA" } }),
        "of a key that did not sign it": ({ header }) =>
          void Object.assign(header, {
            jwk: {
              kty: "EC",
              crv: "P-256",
              x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
              y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
            },
          }),
        "of another key than the token's": () => undefined,
      };
      for (const [what, change] of Object.entries(hostile)) {
        test(what, async () => {
          const { tokens, jwt } = await prove(change);
          const answer = await fetch(`${trial.url}${ENDPOINTS.token}`, {
            method: "POST",
            headers: { "content-type": "application/x-www-form-urlencoded", dpop: jwt },
            body: new URLSearchParams({
              grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
              client_id: "brevet-cli",
              subject_token: tokens.access_token,
              subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
              audience: trial.url,
            }),
          });
          assert.equal(answer.status, 400);
          const { error } = (await answer.json()) as { error: string };
          assert.ok(["invalid_dpop_proof", "invalid_grant", "use_dpop_nonce"].includes(error), error);
        });
      }

      test("that comes again, alone or at once", async () => {
        const { tokens, keys } = await signInAtCli(trial, "p1");
        const body = new URLSearchParams({
          grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
          client_id: "brevet-cli",
          subject_token: tokens.access_token,
          subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
          audience: trial.url,
        });
        const url = new URL(`${trial.url}${ENDPOINTS.token}`);
        const proof = await new SignJWT({ jti: randomUUID(), htm: "POST", htu: url.href })
          .setIssuedAt()
          .setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk: await exportJWK(keys.publicKey) })
          .sign(keys.privateKey);
        const headers = { "content-type": "application/x-www-form-urlencoded", dpop: proof };
        const asked = await Promise.all(Array.from({ length: 8 }, () => fetch(url, { method: "POST", headers, body })));
        assert.deepEqual(asked.map(({ status }) => status).sort(), [200, ...Array.from({ length: 7 }, () => 400)]);
        assert.equal((await fetch(url, { method: "POST", headers, body })).status, 400);
      });
    });

    test("knows no client whose name holds what a database does not take", async () => {
      const basic = `Basic ${Buffer.from("%00:secret").toString("base64")}`;
      for (const path of [ENDPOINTS.introspection, ENDPOINTS.revocation, ENDPOINTS.token, ENDPOINTS.pushedAuthorization]) {
        const body = new URLSearchParams({ client_id: "brevet\0", client_secret: "x", token: "x", grant_type: "refresh_token" });
        const answer = await fetch(`${trial.url}${path}`, { method: "POST", body });
        assert.equal(answer.status, 401, `${path}: ${await answer.text()}`);
        const header = await fetch(`${trial.url}${path}`, { method: "POST", headers: { authorization: basic }, body: "token=x" });
        assert.ok(header.status >= 400 && header.status < 500, `${path}: ${await header.text()}`);
      }
      for (const path of [`${ENDPOINTS.authorization}?client_id=%00`, `${ENDPOINTS.registration}/%00`]) {
        const answer = await fetch(`${trial.url}${path}`, { headers: { authorization: "Bearer x" } });
        assert.ok(answer.status >= 400 && answer.status < 500, `${path}: ${await answer.text()}`);
      }
    });

    test("keeps nothing in its database that opens anything", async () => {
      const { tokens } = await signInAtCli(trial, "p1");
      const rows = await trial.server.storage.read("SELECT kind, handle, payload FROM artifact");
      const all = JSON.stringify(rows);
      for (const token of [tokens.access_token, tokens.refresh_token ?? "x"]) {
        assert.ok(!all.includes(token), "a bearer value is in the database");
        const digest = createHash("sha256").update(token).digest("base64url");
        assert.ok(all.includes(digest));
        const answer = await fetch(`${trial.url}${ENDPOINTS.userinfo}`, {
          headers: { authorization: `Bearer handle:${digest}` },
        });
        assert.equal(answer.status, 401);
      }
    });

    test("keeps no secret of a client in its database, however it proves itself and is read", async () => {
      const secrets: string[] = [];
      for (const method of ["client_secret_basic", "client_secret_post", "client_secret_jwt"]) {
        const made = (await register({ token_endpoint_auth_method: method })).clientMetadata();
        const [id, secret] = [made.client_id, String(made.client_secret)];
        const ways: Readonly<Record<string, client.ClientAuth>> = {
          client_secret_basic: client.ClientSecretBasic(secret),
          client_secret_post: client.ClientSecretPost(secret),
          client_secret_jwt: client.ClientSecretJwt(secret),
        };
        const app = await client.discovery(new URL(trial.url), id, made, ways[method], http);
        const { back, verifier } = await authorize(app, {}, { pushed: true });
        await client.authorizationCodeGrant(app, back, { pkceCodeVerifier: verifier });
        const headers = { authorization: `Bearer ${made["registration_access_token"]}` };
        const shown = (await (await fetch(String(made["registration_client_uri"]), { headers })).json()) as client.ClientMetadata;
        assert.equal(shown.client_secret, secret);
        assert.equal(shown["sealed_client_secret"], undefined);
        secrets.push(secret);
      }
      const all = JSON.stringify([
        await trial.server.storage.read("SELECT * FROM artifact"),
        await trial.server.storage.read("SELECT * FROM audit_row"),
      ]);
      for (const secret of secrets) assert.ok(!all.includes(secret), "the secret of a client is in the database");
    });

    test("seals the secrets of clients that an earlier version kept in clear", async () => {
      const { storage } = trial.server;
      const seal = openSeal(privateFiles(), trial.dataFolder, () => false);
      const made = (await register({ token_endpoint_auth_method: "client_secret_basic" })).clientMetadata();
      const payloadOf = async (): Promise<string> => {
        const rows = await storage.read("SELECT payload FROM artifact WHERE kind = 'Client' AND handle = ?", [made.client_id]);
        return String(rows[0]?.["payload"]);
      };
      const secret = String(made.client_secret);
      const inClear = JSON.stringify(withOpenSecret(seal, JSON.parse(await payloadOf())));
      assert.ok(inClear.includes(`"client_secret":"${secret}"`));
      const unit = storage.openUnit();
      unit.write("UPDATE artifact SET payload = ? WHERE kind = 'Client' AND handle = ?", [inClear, made.client_id]);
      await unit.commit();
      await sealKeptSecrets(storage, seal);
      assert.ok(!(await payloadOf()).includes(secret));
      await session(await client.discovery(new URL(trial.url), made.client_id, secret, undefined, http));
    });

    test("had no trouble of its own in all of this", () => {
      assert.deepEqual(trial.failures, []);
      assert.deepEqual(trial.warnings, []);
    });
  });
}
