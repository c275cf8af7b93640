import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import { placeIn } from "../../src/core/place.ts";
import { Secret } from "../../src/core/secret.ts";
import { readEntraAnswer } from "../../src/exchanges/azure/answer.ts";
import { azureExchange } from "../../src/exchanges/azure/azure-exchange.ts";
import { parseAzureOptions } from "../../src/exchanges/azure/options.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { addEntraApplication } from "../../src/sandbox/entra/entra-folder.ts";
import { azureCloud } from "../../src/wire/azure/clouds.ts";
import { ISSUER, SUBJECT, startTestSandbox, type TestIssuer } from "./sandbox-issuer.ts";

const TENANT = "11111111-1111-4111-8111-111111111111";
const CLIENT = "22222222-2222-4222-8222-222222222222";
const AUDIENCE = "api://AzureADTokenExchange";
let rsa: TestIssuer;
let ec: TestIssuer;
before(async () => {
  rsa = await startTestSandbox("RS256");
  ec = await startTestSandbox("ES256");
  for (const { folder } of [rsa, ec]) {
    const federatedCredentials = [{ name: "laptop", issuer: ISSUER, subject: SUBJECT, audiences: [AUDIENCE] }];
    addEntraApplication(folder, { tenantId: TENANT, clientId: CLIENT, federatedCredentials });
  }
});
after(async () => {
  await rsa.close();
  await ec.close();
});

/** @param authority of a cloud for which the sandbox stands in */
async function redeem(
  issuer: TestIssuer,
  token: string,
  changes: Readonly<Record<string, unknown>> = {},
  authority = issuer.sandbox.url,
) {
  const toSandbox = createHttp({ environment: {}, caFile: issuer.sandbox.caFile });
  const exchange = azureExchange({
    options: parseAzureOptions({ tenantId: TENANT, clientId: CLIENT, ...changes }, placeIn(null, "profiles.dev.azure")),
    http: (request) => toSandbox({ ...request, url: request.url.replace(authority, issuer.sandbox.url) }),
    clock: { now: () => issuer.clock.seconds, offsetSeconds: 0, learn: () => {} },
    environment: { AZURE_AUTHORITY_HOST: authority },
  });
  assert.deepEqual(exchange.request(), { audience: AUDIENCE, form: "jwt", algorithms: ["RS256"] });
  const assertion = {
    form: "jwt",
    value: Promise.resolve(new Secret("assertion", token)),
    audience: AUDIENCE,
    expiresAt: 0,
  } as const;
  return exchange.redeem({ kind: "assertion", assertion, identity: "laptop" });
}

const refusedWith = (cloudCode: string) => (error: unknown) =>
  error instanceof Fault && error.code === "EXCHANGE_REFUSED" && error.details["cloudCode"] === cloudCode;

describe("a token at the sandbox's Entra ID", () => {
  test("becomes an access token for the scope of the profile", async () => {
    const credentials = await redeem(rsa, await rsa.token({ aud: AUDIENCE }));
    assert.ok(credentials.kind === "azure");
    assert.equal(credentials.scope, "https://management.azure.com/.default");
    assert.equal(credentials.expiresAt, rsa.clock.seconds + 3599);
  });

  test("is for the management of its own cloud where the profile says nothing", async () => {
    const clouds = {
      "https://login.microsoftonline.com": "https://management.azure.com/.default",
      "https://login.microsoftonline.us": "https://management.usgovcloudapi.net/.default",
      "https://login.partner.microsoftonline.cn": "https://management.chinacloudapi.cn/.default",
      "https://login.chinacloudapi.cn": "https://management.chinacloudapi.cn/.default",
    };
    for (const [authority, scope] of Object.entries(clouds)) {
      const credentials = await redeem(rsa, await rsa.token({ aud: AUDIENCE }), {}, authority);
      assert.equal(credentials.kind === "azure" && credentials.scope, scope, authority);
    }
    assert.equal(azureCloud("login.microsoftonline.us").graph, "https://graph.microsoft.us/");
    const written = { scope: "https://graph.microsoft.us/.default" };
    const credentials = await redeem(rsa, await rsa.token({ aud: AUDIENCE }), written, "https://login.microsoftonline.us");
    assert.equal(credentials.kind === "azure" && credentials.scope, written.scope);
  });

  test("is refused by Entra's own number for what is wrong", async () => {
    const cases: readonly (readonly [Readonly<Record<string, unknown>>, string])[] = [
      [{ iss: `${ISSUER}/` }, "AADSTS700211"],
      [{ sub: "server" }, "AADSTS700213"],
      [{ aud: "sts.amazonaws.com" }, "AADSTS700212"],
      [{ exp: rsa.clock.seconds - 900, iat: rsa.clock.seconds - 1000 }, "AADSTS700024"],
    ];
    for (const [change, code] of cases) {
      await assert.rejects(redeem(rsa, await rsa.token({ aud: AUDIENCE, ...change })), refusedWith(code), code);
    }
    await assert.rejects(redeem(rsa, await rsa.token({ aud: AUDIENCE }, { kid: "key-2" })), refusedWith("AADSTS7000272"));
    const token = await rsa.token({ aud: AUDIENCE });
    await assert.rejects(redeem(rsa, `${token.slice(0, -8)}AAAAAAAA`), refusedWith("AADSTS700027"));
    await assert.rejects(redeem(rsa, "no token"), refusedWith("AADSTS50027"));
    await assert.rejects(redeem(rsa, token, { clientId: TENANT }), refusedWith("AADSTS700016"));
    await assert.rejects(redeem(rsa, token, { tenantId: CLIENT }), refusedWith("AADSTS90002"));
    await assert.rejects(redeem(ec, await ec.token({ aud: AUDIENCE })), refusedWith("AADSTS5002738"));
  });
});

test("the azure block of a profile names what is wrong with it", () => {
  for (const changes of [
    { tenantId: "contoso.onmicrosoft.com" },
    { clientId: "app" },
    { scope: "https://graph.microsoft.com/User.Read" },
  ]) {
    assert.throws(
      () => parseAzureOptions({ tenantId: TENANT, clientId: CLIENT, ...changes }, placeIn(null, "profiles.dev.azure")),
      (error) => error instanceof Fault && error.code === "NAME_INVALID",
    );
  }
  assert.throws(
    () =>
      parseAzureOptions(
        { tenantId: TENANT, clientId: CLIENT, authorityHost: "http://login.example.com" },
        placeIn(null, "profiles.dev.azure"),
      ),
    (error) => error instanceof Fault && error.code === "URL_INVALID",
  );
});

test("an answer of Entra ID is a token with a life, a refusal, or nothing that is understood", () => {
  const read = (answer: unknown) => readEntraAnswer(JSON.stringify(answer), 0)?.kind ?? null;
  assert.equal(read({ access_token: "t", expires_in: "3599" }), "result");
  assert.equal(read({ error: "invalid_client", error_codes: [700213] }), "error");
  for (const answer of [
    { access_token: "t" },
    { access_token: "t", expires_in: 1e9 },
    { access_token: "", expires_in: 1 },
    { access_token: "t\nt", expires_in: 1 },
    [],
    "x",
  ]) {
    assert.equal(read(answer), null, JSON.stringify(answer));
  }
});
