import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import { placeIn } from "../../src/core/place.ts";
import { Secret } from "../../src/core/secret.ts";
import { gcpExchange } from "../../src/exchanges/gcp/gcp-exchange.ts";
import { parseGcpOptions } from "../../src/exchanges/gcp/options.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { addGoogleTrust } from "../../src/sandbox/google/add-google-trust.ts";
import { form, ISSUER, SUBJECT, send, startTestSandbox, type TestIssuer } from "./sandbox-issuer.ts";

const ACCOUNT = "deploy@example-project.iam.gserviceaccount.com";
let issuer: TestIssuer;
let ca: string;
let provider: string;
before(async () => {
  issuer = await startTestSandbox();
  ca = readFileSync(issuer.sandbox.caFile, "utf8");
  provider = trust({});
});
after(() => issuer.close());

function trust(changes: { readonly jwksFile?: string; readonly condition?: string; readonly provider?: string }): string {
  return addGoogleTrust(issuer.folder, {
    issuer: ISSUER,
    subject: SUBJECT,
    project: "123456789012",
    pool: "sandbox",
    provider: "brevet",
    jwksFile: null,
    condition: null,
    serviceAccount: ACCOUNT,
    ...changes,
  }).provider;
}

const audience = (): string => `https://iam.googleapis.com/${provider}`;

async function redeem(token: string, changes: Readonly<Record<string, unknown>> = {}) {
  const { url, caFile } = issuer.sandbox;
  const exchange = gcpExchange({
    options: parseGcpOptions({ provider, stsUrl: url, iamCredentialsUrl: url, ...changes }, placeIn(null, "profiles.dev.gcp")),
    http: createHttp({ environment: {}, caFile }),
    clock: { now: () => issuer.clock.seconds, offsetSeconds: 0, learn: () => {} },
    environment: {},
  });
  const assertion = {
    form: "jwt",
    value: Promise.resolve(new Secret("assertion", token)),
    audience: audience(),
    expiresAt: 0,
  } as const;
  const credentials = await exchange.redeem({ kind: "assertion", assertion, identity: "laptop" });
  assert.equal(credentials.kind, "gcp");
  return credentials.kind === "gcp" ? credentials : assert.fail();
}

const refusedWith =
  (cloudCode: string, code = "EXCHANGE_REFUSED") =>
  (error: unknown) =>
    error instanceof Fault && error.code === code && error.details["cloudCode"] === cloudCode;

/** Whom the sandbox's Google takes an access token for. */
async function bearerOf(token: string): Promise<string> {
  const headers = { "content-type": "application/x-www-form-urlencoded", authorization: "Basic aWQ6c2VjcmV0" };
  const { body } = await send(issuer.sandbox, { ca, path: "/v1/introspect", headers, body: form({ token }) });
  return (JSON.parse(body) as { username: string }).username;
}

describe("a token at the sandbox's Google", () => {
  test("becomes a federated access token", async () => {
    const { accessToken, principal, expiresAt } = await redeem(await issuer.token({ aud: audience() }));
    assert.equal(principal, provider);
    assert.equal(expiresAt, issuer.clock.seconds + 3600);
    const pool = provider.split("/providers/")[0];
    assert.equal(await bearerOf(accessToken.reveal()), `principal://iam.googleapis.com/${pool}/subject/${SUBJECT}`);
  });

  test("becomes a service account's, as long as it was asked for", async () => {
    const token = await issuer.token({ aud: audience() });
    const { accessToken, principal, expiresAt } = await redeem(token, { serviceAccount: ACCOUNT, duration: "15m" });
    assert.equal(principal, ACCOUNT);
    assert.equal(expiresAt, issuer.clock.seconds + 900);
    assert.equal(await bearerOf(accessToken.reveal()), ACCOUNT);
  });

  test("is refused by the check that it fails, with Google's code", async () => {
    const claims: readonly (readonly [Readonly<Record<string, unknown>>, string])[] = [
      [{ iss: `${ISSUER}/` }, "invalid_grant"],
      [{ aud: "sts.amazonaws.com" }, "invalid_grant"],
      [{ iat: issuer.clock.seconds + 1 }, "invalid_grant"],
      [{ iat: issuer.clock.seconds - 90_000 }, "invalid_grant"],
      [{ exp: issuer.clock.seconds }, "invalid_grant"],
      [{ sub: "x".repeat(128) }, "invalid_request"],
    ];
    for (const [change, code] of claims) {
      await assert.rejects(redeem(await issuer.token({ aud: audience(), ...change })), refusedWith(code), JSON.stringify(change));
    }
    await assert.rejects(redeem(await issuer.token({ aud: audience() }, { kid: "key-2" })), refusedWith("invalid_grant"));
    const token = await issuer.token({ aud: audience() });
    await assert.rejects(redeem(`${token.slice(0, -4)}AAAA`), refusedWith("invalid_grant"));
    const other = provider.replace(/brevet$/, "other");
    await assert.rejects(redeem(token, { provider: other }), refusedWith("invalid_target"));
  });

  test("is refused where the service account's policy or limits do not allow it", async () => {
    const token = await issuer.token({ aud: audience() });
    const nobody = ACCOUNT.replace("deploy", "nobody");
    await assert.rejects(redeem(token, { serviceAccount: nobody }), refusedWith("PERMISSION_DENIED"));
    await assert.rejects(redeem(token, { serviceAccount: ACCOUNT, duration: "2h" }), refusedWith("INVALID_ARGUMENT"));
    const stranger = await issuer.token({ aud: audience(), sub: "server" });
    await assert.rejects(redeem(stranger, { serviceAccount: ACCOUNT }), refusedWith("PERMISSION_DENIED"));
  });

  test("teaches the clock when only the times are wrong", async () => {
    issuer.clock.seconds += 600;
    const token = await issuer.token({ aud: audience(), iat: issuer.clock.seconds + 600, exp: issuer.clock.seconds + 900 });
    issuer.clock.seconds -= 600;
    issuer.sandbox.misbehave({ action: "ExchangeToken", dateOffsetSeconds: -1200 });
    await assert.rejects(redeem(token), (error) => error instanceof Fault && error.code === "CLOCK_SKEWED");
  });

  test("is verified by uploaded keys alone where there are such", async () => {
    const jwksFile = join(issuer.folder, "upload.json");
    writeFileSync(jwksFile, JSON.stringify({ keys: [{ ...issuer.publicJwk, kid: "uploaded" }] }));
    const name = trust({ jwksFile, provider: "uploaded" });
    const aud = `https://iam.googleapis.com/${name}`;
    await redeem(await issuer.token({ aud }, { kid: "uploaded" }), { provider: name });
    // Published by the issuer, and not uploaded.
    await assert.rejects(redeem(await issuer.token({ aud }), { provider: name }), refusedWith("invalid_grant"));
  });

  test("is refused by the attribute condition in a code of its own", async () => {
    const name = trust({ condition: "assertion.sub == 'server'", provider: "servers" });
    const token = await issuer.token({ aud: `https://iam.googleapis.com/${name}` });
    await assert.rejects(redeem(token, { provider: name }), refusedWith("unauthorized_client"));
  });
});
