import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import { Secret } from "../../src/core/secret.ts";
import type { SessionTokens } from "../../src/core/session.ts";
import type { TokenExchangeWish } from "../../src/core/token-exchange.ts";
import { samlAssertion } from "../../src/identities/oidc/saml-assertion.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { exchangeToken } from "../../src/sign-in/exchange-token.ts";
import { openClient } from "../../src/sign-in/open-client.ts";
import type { Provider } from "../../src/sign-in/provider.ts";

/** Token exchange at a token endpoint that answers as it is told; the ring `keycloak` has a real one. */

const SAML2 = "urn:ietf:params:oauth:token-type:saml2";
const AUDIENCE = "urn:amazon:webservices";

let answer: { readonly status: number; readonly body: Readonly<Record<string, unknown>> };
let forms: URLSearchParams[] = [];
let base = "";
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (part) => {
    body += part;
  });
  request.on("end", () => {
    const isToken = request.url?.endsWith("/token") === true;
    if (isToken) forms.push(new URLSearchParams(body));
    const issuer = base + (request.url ?? "").replace(/\/(token|\.well-known\/.*)$/, "");
    const metadata = {
      issuer,
      token_endpoint: `${issuer}/token`,
      authorization_endpoint: `${issuer}/auth`,
      jwks_uri: `${issuer}/jwks`,
    };
    const json = isToken ? answer : { status: 200, body: metadata };
    response.writeHead(json.status, { "content-type": "application/json" }).end(JSON.stringify(json.body));
  });
});
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  forms = [];
});
after(() => server.close());

const TOKENS: SessionTokens = {
  issuer: "https://id.example",
  subject: "ann",
  person: "ann@example.com",
  idToken: { value: new Secret("ID token", "the-id-token"), algorithm: "RS256", claims: {}, expiresAt: 2_000_000_000 },
  accessToken: new Secret("access token", "the-access-token"),
  accessTokenExpiresAt: null,
  tokenType: "Bearer",
};

const clock = { now: () => 1_900_000_000, offsetSeconds: 0 };

async function exchangeAt(path: string, wish: TokenExchangeWish) {
  const provider: Provider = {
    identity: "work",
    issuer: base + path,
    clientId: "brevet",
    scopes: ["openid"],
    authorizationParameters: {},
    redirect: { host: "127.0.0.1", ports: [], path: "/callback" },
  };
  const http = createHttp({ environment: {} });
  const documents = { get: (url: string) => http({ method: "GET", url }) };
  const client = await openClient(provider, "kept", { http: async () => http, clock, documents, random: randomBytes });
  return exchangeToken(client, provider, wish);
}

async function getAssertion(subjectToken: "access" | "id" = "access", path = "") {
  const session = { describe: async () => null, tokens: async () => TOKENS, signIn: async () => TOKENS };
  return samlAssertion(
    { audience: AUDIENCE, form: "saml", algorithms: ["RS256"] },
    {
      session: session as never,
      clock,
      subjectToken,
      exchange: (wish) => exchangeAt(path, wish),
    },
  );
}

function give(body: Readonly<Record<string, unknown>>, status = 200): void {
  answer = { status, body };
}

for (const [kind, token] of [
  ["access", "the-access-token"],
  ["id", "the-id-token"],
] as const) {
  test(`the ${kind} token is exchanged for a SAML assertion`, async () => {
    give({ access_token: "PHNhbWw-", issued_token_type: SAML2, token_type: kind === "id" ? "N_A" : "Bearer", expires_in: 60 });
    const assertion = await getAssertion(kind);
    assert.equal(assertion.form, "saml");
    assert.equal((await assertion.value).reveal(), "PHNhbWw-");
    assert.equal(assertion.expiresAt, 1_900_000_060);
    const [form] = forms;
    assert.equal(form?.get("subject_token"), token);
    assert.equal(form?.get("subject_token_type"), `urn:ietf:params:oauth:token-type:${kind}_token`);
    assert.equal(form?.get("requested_token_type"), SAML2);
    assert.equal(form?.get("audience"), AUDIENCE);
    assert.equal(form?.get("client_id"), "brevet");
  });
}

const UNFIT = [
  { access_token: "eyJ.a.b", issued_token_type: "urn:ietf:params:oauth:token-type:access_token", token_type: "Bearer" },
  { access_token: "PHNhbWw-", token_type: "Bearer" },
];
for (const body of UNFIT) {
  test(`${body.issued_token_type ?? "a token of no type"} in place of an assertion is refused`, async () => {
    give(body);
    assert.equal((await refusal(getAssertion())).code, "TOKEN_EXCHANGE_UNFIT");
  });
}

/** The words of Keycloak 26.7 without its legacy feature. */
const REFUSED = [
  { error: "invalid_request", error_description: "Standard token exchange is not enabled for the requested client" },
  { error: "invalid_request", error_description: "requested_token_type unsupported" },
  { error: "unsupported_grant_type" },
  { error: "access_denied", error_description: "Client not allowed to exchange" },
];
for (const body of REFUSED) {
  test(`a provider that says ${JSON.stringify(body)} is named with what to switch on`, async () => {
    give(body, 400);
    const keycloak = await refusal(getAssertion("access", "/realms/dev"));
    assert.equal(keycloak.code, "TOKEN_EXCHANGE_REFUSED");
    assert.equal(keycloak.details["providerCode"], body.error);
    assert.match(keycloak.hints.join("\n"), /--features=token-exchange:v1/);
    assert.match((await refusal(getAssertion())).hints.join("\n"), /RFC 8693/);
    assert.ok(!JSON.stringify([keycloak.message, keycloak.hints]).includes("the-access-token"));
  });
}

const DECIDED = [
  [
    "access_denied",
    "no rule allows this token: arn:aws:iam::123456789012:role/dev",
    /ask an administrator.*`brevet admin rules try ann@example\.com urn:amazon:webservices --role arn:aws:iam::123456789012:role\/dev`/,
  ],
  ["access_denied", "the rule prod allows this token only with a fresher sign-in: x", /sign in anew: `brevet login work`/],
  ["invalid_grant", "grant request is invalid", /if the session was ended there, sign in anew/],
] as const;
for (const [error, description, hint] of DECIDED) {
  test(`a login server that says "${error}: ${description}" is answered by what can be done`, async () => {
    give({ error, error_description: description }, 400);
    const exchanged = exchangeAt("", {
      person: "ann@example.com",
      subjectToken: new Secret("access token", "the-access-token"),
      subjectTokenType: "urn:ietf:params:oauth:token-type:access_token",
      audience: AUDIENCE,
      requestedTokenType: "urn:ietf:params:oauth:token-type:id_token",
      parameters: { resource: "arn:aws:iam::123456789012:role/dev" },
    });
    const { code, hints } = await refusal(exchanged);
    assert.equal(code, "TOKEN_EXCHANGE_REFUSED");
    assert.equal(hints.length, 1);
    assert.match(hints[0] ?? "", hint);
  });
}

async function refusal(work: Promise<unknown>): Promise<Fault> {
  const outcome = await work.then(
    () => null,
    (cause: unknown) => cause,
  );
  assert.ok(outcome instanceof Fault, `expected a Fault, got ${String(outcome)}`);
  return outcome;
}
