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

/** Where a Google that gives a token first answers, at the server of the test. */
export const GOOD_STS = "good-sts";

/**
 * Who asks endpoints of Google's, of Microsoft's and of OAuth, each with the address that it is to ask; what a document is, and not JSON,
 * is what it is asked for.
 *
 * @param base the address of the server of the test.
 */
export function cloudClients(http: Http, base: () => string): Readonly<Record<string, (url: string) => Promise<unknown>>> {
  const clock = { now: () => 1_800_000_000, offsetSeconds: 0, learn: () => {} };
  const tempo = NO_PAUSES;
  const token = heldToken(async () => ({ secret: new Secret("token", "an administrator's"), renewal: "sign in" }));

  const PROVIDER = "projects/123456789012/locations/global/workloadIdentityPools/pool/providers/provider";
  const GUID = "11111111-2222-3333-4444-555555555555";
  const IDENTITY = `/subscriptions/${GUID}/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i`;
  const assertion = {
    form: "jwt",
    value: Promise.resolve(new Secret("assertion", "e.f.g")),
    audience: "a",
    expiresAt: 0,
  } as const;
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

  return {
    "Google's STS": (url) => gcp(url, url),
    "Google's IAM Credentials API": (url) => gcp(`${base()}/${GOOD_STS}`, url, "deploy@example-project.iam.gserviceaccount.com"),
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
    "a service account to be found": (url) =>
      serviceAccountResource(googleApi(google(url))).find({ project: "p", email: "e" }, {}),
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
    "an identity to be made": (url) =>
      managedIdentityResource(microsoftApi(microsoft(url))).create(wanted({ identity: IDENTITY })),
    "a credential to be found": (url) =>
      federatedCredentialResource(microsoftApi(microsoft(url))).find({ identity: IDENTITY, credential: "c" }, {}),
    "a role to be found": (url) => roleAssignmentResource(microsoftApi(microsoft(url))).find({ scope: "/subscriptions/s" }, {}),
  };
}
