import { sha256Hex } from "../../core/digest.ts";
import { Fault } from "../../core/fault.ts";
import { isJsonObject, type JsonObject, parseJsonObject } from "../../core/json-object.ts";
import { publishConflict } from "../../core/publish-conflict.ts";
import type { PublicDocument, PublishedDocument, Publisher } from "../../core/publisher.ts";
import { type GoogleAccess, googleApi } from "../../platform/cloud-admin/google-api.ts";
import { uploadableJwks } from "../../trust/gcp/provider.ts";
import { poolOfProvider } from "../../trust/gcp/provider-name.ts";
import { DISCOVERY_PATH, discoveryDocument, JWKS_PATH, parseDiscovery } from "../../wire/issuer-documents/discovery.ts";
import { algorithmsIn, jwksMembers } from "../../wire/issuer-documents/jwks-document.ts";
import { parseJwks } from "../../wire/jwk/jwks.ts";
import { isNobodysKey, NOBODYS_KEY } from "../../wire/jwk/nobodys-key.ts";

const SCHEME = "gcp://";

/** The provider's resource name in `gcp://projects/…`. @throws {Fault} `USAGE_INVALID` */
export function parseDestination(text: string): string {
  const name = text.startsWith(SCHEME) ? text.slice(SCHEME.length) : "";
  if (poolOfProvider(name) !== null) return name;
  throw new Fault("USAGE_INVALID", `${text} is not a workload identity provider with its keys`, {
    hints: ["write it as `gcp://projects/123456789012/locations/global/workloadIdentityPools/POOL/providers/PROVIDER`"],
  });
}

/**
 * The publisher `gcp`: the keys that are uploaded to a workload identity provider, so that nothing has to be served. Its
 * discovery document is what the provider itself says of the issuer, and is never written. Where the last key is taken out, one that
 * nobody holds takes its place.
 *
 * Google's API has no etag for a provider: what is there is compared right before it is written, and another writer in between
 * is told of afterwards, by whoever reads what was written.
 *
 * Beside the port's faults: `ADMIN_ABSENT`, `ADMIN_REFUSED`, `CLOUD_UNAVAILABLE`, `RESOURCE_FAILED`.
 */
export function gcpPublisher(provider: string, access: GoogleAccess): Publisher {
  const api = googleApi(access);
  const destination = `${SCHEME}${provider}`;
  const readProvider = async (): Promise<JsonObject | null> => {
    const found = await api.find({
      service: "iam",
      method: "GET",
      action: "iam.workloadIdentityPoolProviders.get",
      has: ["name"],
      path: `v1/${provider}`,
    });
    // Google still shows a provider for 30 days after its deletion, but neither changes it nor takes tokens by it.
    return found?.["state"] === "DELETED" ? null : found;
  };
  const placeOf = (path: string): string => `${destination}/${path}`;
  const read = async (path: string): Promise<PublishedDocument | null> => {
    const { issuer, jwks } = keysOf(await readProvider());
    if (path === JWKS_PATH) return jwks === null ? null : published(jwks);
    const entries = jwks === null ? [] : parseJwks(jwks, placeOf(path));
    return issuer === null ? null : published(discoveryDocument(issuer, algorithmsIn(entries)).body);
  };
  return {
    destination,
    placeOf,
    read,
    async replace(document, expected) {
      if (((await read(document.path))?.version ?? null) !== expected) throw publishConflict(placeOf(document.path));
      if (document.path === DISCOVERY_PATH) return requireSameIssuer(document, await readProvider(), destination);
      await api.operate({
        service: "iam",
        method: "PATCH",
        action: "iam.workloadIdentityPoolProviders.update",
        path: `v1/${provider}?updateMask=oidc.jwksJson`,
        body: { oidc: { jwksJson: uploadableJwks(neverNone(membersIn(document))) } },
      });
    },
  };
}

function keysOf(provider: JsonObject | null): { readonly issuer: string | null; readonly jwks: string | null } {
  const oidc = provider !== null && isJsonObject(provider["oidc"]) ? provider["oidc"] : {};
  const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
  const jwks = text(oidc["jwksJson"]);
  return { issuer: text(oidc["issuerUri"]), jwks: jwks === null ? null : withoutNobodys(jwks) };
}

/** The uploaded keys without the one that stands for no key; unchanged where it is absent. */
function withoutNobodys(jwks: string): string {
  const value = parseJsonObject(jwks);
  const keys = Array.isArray(value?.["keys"]) ? value["keys"] : [];
  return keys.some(isNobodysKey) ? JSON.stringify({ keys: keys.filter((key) => !isNobodysKey(key)) }) : jwks;
}

/** Google takes no upload without keys, and without an upload it fetches them: no key at all is a key that nobody holds. */
function neverNone(keys: readonly JsonObject[]): readonly JsonObject[] {
  return keys.length === 0 ? [jwksMembers(NOBODYS_KEY, null)] : keys;
}

function membersIn({ body }: PublicDocument): readonly JsonObject[] {
  return parseJwks(body, JWKS_PATH).map(({ members }) => members);
}

function published(body: string): PublishedDocument {
  return { body, version: sha256Hex(body) };
}

function requireSameIssuer({ body }: PublicDocument, provider: JsonObject | null, destination: string): void {
  const { issuer } = parseDiscovery(body, DISCOVERY_PATH);
  const found = keysOf(provider).issuer;
  if (found === issuer) return;
  throw new Fault("ISSUER_MISMATCH", `${destination} trusts ${found ?? "no issuer"}, and the issuer is ${issuer}`, {
    hints: ["run `brevet setup gcp` again, which changes the provider"],
  });
}
