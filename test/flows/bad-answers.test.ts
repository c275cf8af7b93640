import assert from "node:assert/strict";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import type { FaultCode } from "../../src/core/fault-codes.ts";
import type { Http } from "../../src/core/http.ts";
import { placeIn } from "../../src/core/place.ts";
import { Secret } from "../../src/core/secret.ts";
import { azureExchange } from "../../src/exchanges/azure/azure-exchange.ts";
import { parseAzureOptions } from "../../src/exchanges/azure/options.ts";
import { gcpExchange } from "../../src/exchanges/gcp/gcp-exchange.ts";
import { parseGcpOptions } from "../../src/exchanges/gcp/options.ts";
import { oauthExchange } from "../../src/exchanges/oauth/oauth-exchange.ts";
import { parseOauthOptions } from "../../src/exchanges/oauth/options.ts";
import { heldToken } from "../../src/platform/cloud-admin/admin-token.ts";
import { type GoogleAccess, googleApi } from "../../src/platform/cloud-admin/google-api.ts";
import { type MicrosoftAccess, microsoftApi } from "../../src/platform/cloud-admin/microsoft-api.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { azureAdministration } from "../../src/provisioners/azure/administration.ts";
import { applicationResource } from "../../src/provisioners/azure/application.ts";
import { federatedCredentialResource } from "../../src/provisioners/azure/federated-credential.ts";
import { managedIdentityResource } from "../../src/provisioners/azure/managed-identity.ts";
import { roleAssignmentResource } from "../../src/provisioners/azure/role-assignment.ts";
import { googleAdministration } from "../../src/provisioners/gcp/administration.ts";
import { bindingResource } from "../../src/provisioners/gcp/binding.ts";
import { poolResource } from "../../src/provisioners/gcp/pool.ts";
import { providerResource } from "../../src/provisioners/gcp/provider.ts";
import { serviceAccountResource } from "../../src/provisioners/gcp/service-account.ts";
import { azureBlobPublisher } from "../../src/publishers/azure-blob/publisher.ts";
import { gcpPublisher } from "../../src/publishers/gcp/publisher.ts";
import { gcsPublisher } from "../../src/publishers/gcs/publisher.ts";
import { NO_PAUSES } from "../no-pauses.ts";

/*
 * Each client of an endpoint of Google's, of Microsoft's or of OAuth is answered by something that is none: a proxy, a login page of the
 * network, a service that breaks in the middle. It has to say so once, naming the host, and to take nothing for an answer.
 */

const ANSWERS: Readonly<Record<string, readonly [FaultCode, (response: ServerResponse) => void]>> = {
  "an empty answer": ["RESPONSE_INVALID", (response) => response.writeHead(200, { "content-length": 0 }).end()],
  "an empty object": ["RESPONSE_INVALID", (response) => response.writeHead(200).end("{}")],
  "a list": ["RESPONSE_INVALID", (response) => response.writeHead(200).end("[]")],
  "a login page": [
    "RESPONSE_INVALID",
    (response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>Please sign in</html>"),
  ],
  "JSON that stops": ["RESPONSE_INVALID", (response) => response.writeHead(200).end('{"access_token":"x","name":"n')],
  "an answer that is cut": [
    "RESPONSE_INVALID",
    (response) => response.writeHead(200, { "content-length": 1000 }).write('{"name":', () => response.destroy()),
  ],
  "two megabytes": ["RESPONSE_INVALID", (response) => response.writeHead(200).end(" ".repeat(2 ** 21))],
  silence: ["NETWORK_TIMEOUT", () => undefined],
  "an answer that dribbles in": [
    "NETWORK_TIMEOUT",
    (response) => {
      const dribble = setInterval(() => response.write(" "), 20);
      response.writeHead(200).once("close", () => clearInterval(dribble));
    },
  ],
};

const ANSWER_CODES = Object.values(ANSWERS).map(([code]) => code);

/** What each call may take here where the deadline is what ends it; else it is 15 or 30 seconds. */
const DEADLINE_MS = 400;

let server: Server;
let base: string;
/** What a path is answered whose first segment is that of a case. */
before(async () => {
  const cases = Object.values(ANSWERS);
  server = createServer((request, response) => {
    const [, index = "", ...rest] = (request.url ?? "").split("/");
    request.resume();
    if (index === "good-sts") {
      response.writeHead(200).end('{"access_token":"federated","expires_in":3600}');
      return;
    }
    assert.ok(rest.length > 0);
    cases[Number(index)]?.[1](response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.close();
  server.closeAllConnections();
});

const real = createHttp({ environment: {} });
const neverEnds = ({ pathname }: URL): boolean => ANSWER_CODES[Number(pathname.split("/")[1])] === "NETWORK_TIMEOUT";
const http: Http = (request) => real(neverEnds(new URL(request.url)) ? { ...request, deadlineMs: DEADLINE_MS } : request);
const clock = { now: () => 1_800_000_000, offsetSeconds: 0, learn: () => {} };
const tempo = NO_PAUSES;
const token = heldToken(async () => ({ secret: new Secret("token", "an administrator's"), renewal: "sign in" }));

const PROVIDER = "projects/123456789012/locations/global/workloadIdentityPools/pool/providers/provider";
const GUID = "11111111-2222-3333-4444-555555555555";
const IDENTITY = `/subscriptions/${GUID}/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i`;
const assertion = { form: "jwt", value: Promise.resolve(new Secret("assertion", "e.f.g")), audience: "a", expiresAt: 0 } as const;
const proof = { kind: "assertion", assertion, identity: "laptop" } as const;

const google = (url: string): GoogleAccess => ({
  http,
  tempo,
  token,
  environment: {
    CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM: url,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER: url,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_SERVICEUSAGE: url,
  },
});
const microsoft = (url: string): MicrosoftAccess => ({
  http,
  tempo,
  tokens: { graph: token, management: token },
  endpoints: { graph: `${url}/`, management: `${url}/` },
});
const gcp = (stsUrl: string, iamCredentialsUrl: string, serviceAccount?: string) =>
  gcpExchange({
    options: parseGcpOptions(
      { provider: PROVIDER, stsUrl, iamCredentialsUrl, ...(serviceAccount && { serviceAccount }) },
      placeIn(null, "gcp"),
    ),
    ...{ http, clock, tempo, environment: {} },
  }).redeem(proof);
const oauth = (url: string, grant: string) =>
  oauthExchange({
    options: parseOauthOptions({ audience: "app", grant, url: `${url}/token` }, placeIn(null, "oauth")),
    ...{ http, clock, tempo },
  }).redeem(proof);
const DOCUMENT = { path: "jwks.json", body: '{"keys":[]}', contentType: "application/json", cacheControl: "max-age=60" };
const wanted = (address: Readonly<Record<string, string>>) => ({ address, state: "{}", facts: {}, progress: () => undefined });
const found = { state: "{}", owner: "ours", facts: { appObjectId: GUID } } as const;

/** Who asks; what a document is, and not JSON, is what it is asked for. */
const CLIENTS: Readonly<Record<string, (url: string) => Promise<unknown>>> = {
  "Google's STS": (url) => gcp(url, url),
  "Google's IAM Credentials API": (url) => gcp(`${base}/good-sts`, url, "deploy@example-project.iam.gserviceaccount.com"),
  "Entra ID": (url) =>
    azureExchange({
      options: { ...parseAzureOptions({ tenantId: GUID, clientId: GUID }, placeIn(null, "azure")), authorityHost: `${url}/` },
      ...{ http, clock, tempo, environment: {} },
    }).redeem(proof),
  "an endpoint of RFC 8693": (url) => oauth(url, "token-exchange"),
  "an endpoint of RFC 7523": (url) => oauth(url, "jwt-bearer"),
  "Vault's login": (url) => oauth(url, "vault"),
  "Cloud Storage, read": (url) =>
    gcsPublisher({ destination: { bucket: "bucket", prefix: "" }, http, token, tempo, endpoint: url }).read("jwks.json"),
  "Cloud Storage, written": (url) =>
    gcsPublisher({ destination: { bucket: "bucket", prefix: "" }, http, token, tempo, endpoint: url }).replace(DOCUMENT, null),
  "Blob Storage, read": (url) =>
    azureBlobPublisher({ destination: { url: `${url}/c/`, text: "c" }, http, clock, token, tempo }).read("jwks.json"),
  "Blob Storage, written": (url) =>
    azureBlobPublisher({ destination: { url: `${url}/c/`, text: "c" }, http, clock, token, tempo }).replace(DOCUMENT, null),
  "the keys uploaded to Google": (url) => gcpPublisher(PROVIDER, google(url)).read("keys.json"),
  "a project": (url) => googleAdministration(google(url)).project("example-project"),
  "the services of a project": (url) =>
    googleAdministration(google(url)).disabledServices("example-project", ["iam.googleapis.com"]),
  "a provider": (url) => googleAdministration(google(url)).provider(PROVIDER),
  "the policy of a service account": (url) => googleAdministration(google(url)).accountPolicy("a@b"),
  "a pool to be made": (url) => poolResource(googleApi(google(url))).create(wanted({ project: "p", pool: "p", owner: "o" })),
  "a pool to be taken away": (url) => poolResource(googleApi(google(url))).remove(found, { project: "p", pool: "p" }),
  "a provider to be found": (url) =>
    providerResource(googleApi(google(url))).find({ project: "p", pool: "p", provider: "q" }, {}),
  "a service account to be found": (url) => serviceAccountResource(googleApi(google(url))).find({ project: "p", email: "e" }, {}),
  "a service account to be made": (url) =>
    serviceAccountResource(googleApi(google(url))).create(wanted({ project: "p", email: "e" })),
  "a binding on a project": (url) =>
    bindingResource(googleApi(google(url))).create(wanted({ on: "projects/p", role: "roles/viewer", member: "m" })),
  "a binding on a service account": (url) =>
    bindingResource(googleApi(google(url))).create(wanted({ on: "projects/p/serviceAccounts/e", role: "r", member: "m" })),
  "a tenant": (url) => azureAdministration(microsoft(url)).tenantId(),
  subscriptions: (url) => azureAdministration(microsoft(url)).subscriptions(),
  "a role's definition": (url) => azureAdministration(microsoft(url)).roleDefinition("Reader", `/subscriptions/${GUID}`),
  "an application": (url) => azureAdministration(microsoft(url)).application(GUID),
  "federated credentials": (url) => azureAdministration(microsoft(url)).credentials(GUID),
  "an application to be found": (url) => applicationResource(microsoftApi(microsoft(url))).find({ application: "brevet" }, {}),
  "an application to be made": (url) => applicationResource(microsoftApi(microsoft(url))).create(wanted({ owner: "o" })),
  "an identity to be made": (url) => managedIdentityResource(microsoftApi(microsoft(url))).create(wanted({ identity: IDENTITY })),
  "a credential to be found": (url) =>
    federatedCredentialResource(microsoftApi(microsoft(url))).find({ identity: IDENTITY, credential: "c" }, {}),
  "a role to be found": (url) => roleAssignmentResource(microsoftApi(microsoft(url))).find({ scope: "/subscriptions/s" }, {}),
};

/** A document may be anything, also nothing: what says whose answer it is stands beside it. */
for (const [index, [answer, [code]]] of Object.entries(ANSWERS).entries()) {
  describe(`${answer} is no answer`, { concurrency: true }, () => {
    for (const [client, ask] of Object.entries(CLIENTS)) {
      test(`to who asks for: ${client}`, async () => {
        const error = await ask(`${base}/${index}`).then(
          (value) => assert.fail(`it was taken for one: ${JSON.stringify(value)}`),
          (cause: unknown) => cause,
        );
        assert.ok(error instanceof Fault, String(error));
        assert.equal(error.code, code, error.message);
        assert.match(error.message, /127\.0\.0\.1|Google|Microsoft/);
        assert.doesNotMatch(error.message, /undefined/);
      });
    }
  });
}
