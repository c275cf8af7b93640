import { isJsonObject, type JsonObject, readOwnJson } from "../../core/json-object.ts";
import type { GoogleApi } from "../../platform/cloud-admin/google-api.ts";
import { textOf, textsOf } from "../../platform/cloud-admin/members.ts";
import { type ProviderState, stateText } from "../../setup/gcp/states.ts";
import type { ManagedResource } from "../../setup/managed-resource.ts";
import type { Address } from "../../setup/plan.ts";
import { keptResource } from "./kept-resource.ts";
import { poolName } from "./pool.ts";

/**
 * `gcp-provider`, `{ project, pool, provider, owner, jwks }`: an OIDC provider of a pool, ours if its description says so. It is
 * made with the keys in `jwks`; which ones it has later is the business of the publisher `gcp`.
 *
 * @see Identity and Access Management API v1, projects.locations.workloadIdentityPools.providers
 */
export function providerResource(api: GoogleApi): ManagedResource {
  return keptResource(api, {
    kind: "gcp-provider",
    takenHint: "give another name by `--provider-id ID`",
    permissions: "iam.workloadIdentityPoolProviders",
    fact: "providerName",
    name: ({ provider, pool }) => `the provider ${provider} of the pool ${pool}`,
    resourceName: providerName,
    collection: ({ project = "", pool = "", provider }) =>
      `${poolName(project, pool)}/providers?workloadIdentityPoolProviderId=${provider}`,
    stateOf: providerState,
    body: (state, { jwks = "" }) => providerBody(state, jwks),
    change(state, { jwks = "" }, found) {
      // What is uploaded now stays: a rotation may have changed it since.
      const present = isJsonObject(found["oidc"]) ? found["oidc"]["jwksJson"] : undefined;
      const body = providerBody(state, typeof present === "string" && present !== "" ? present : jwks);
      return { mask: "displayName,description,attributeMapping,attributeCondition,oidc", body };
    },
  });
}

function providerName({ project = "", pool = "", provider = "" }: Address): string {
  return `${poolName(project, pool)}/providers/${provider}`;
}

function providerBody(text: string, jwksJson: string): JsonObject {
  const { displayName, description, issuerUri, attributeMapping, attributeCondition, allowedAudiences, keys } =
    readOwnJson<ProviderState>(text);
  const uploaded = keys === "uploaded" ? { jwksJson } : {};
  const oidc = { issuerUri, ...(allowedAudiences.length === 0 ? {} : { allowedAudiences }), ...uploaded };
  return { displayName, description, attributeMapping, attributeCondition, oidc };
}

/** A provider of another kind has no issuer, so that it never seems equal. */
function providerState(found: JsonObject): string {
  const oidc = isJsonObject(found["oidc"]) ? found["oidc"] : {};
  const state: ProviderState = {
    displayName: textOf(found["displayName"]),
    description: textOf(found["description"]),
    issuerUri: textOf(oidc["issuerUri"]),
    attributeMapping: isJsonObject(found["attributeMapping"]) ? (found["attributeMapping"] as Record<string, string>) : {},
    attributeCondition: textOf(found["attributeCondition"]),
    allowedAudiences: textsOf(oidc["allowedAudiences"]),
    keys: textOf(oidc["jwksJson"]) === "" ? "fetched" : "uploaded",
  };
  return stateText(state, found["disabled"] === true);
}
