import { Fault } from "../../core/fault.ts";
import { isJsonObject, type JsonObject, readOwnJson } from "../../core/json-object.ts";
import type { GoogleApi } from "../../platform/cloud-admin/google-api.ts";
import { type ProviderState, stateText } from "../../setup/gcp/states.ts";
import { madeFor, TAKEN_HINTS } from "../../setup/gcp/trust-names.ts";
import type { ManagedResource } from "../../setup/managed-resource.ts";
import { poolName } from "./pool.ts";

type Address = Readonly<Record<string, string>>;

/**
 * `gcp-provider`, `{ project, pool, provider, owner, jwks }`: an OIDC provider of a pool, ours if its description says so. It is
 * made with the keys in `jwks`; which ones it has later is the business of the publisher `gcp`. One that was deleted keeps its name for 30 days: ours is taken out of there again, and then made what it is to be.
 *
 * @see Identity and Access Management API v1, projects.locations.workloadIdentityPools.providers
 */
export function providerResource(api: GoogleApi): ManagedResource {
  const read = (address: Address): Promise<JsonObject | null> =>
    api.find({
      service: "iam",
      method: "GET",
      action: "iam.workloadIdentityPoolProviders.get",
      path: `v1/${providerName(address)}`,
    });
  const patch = async (address: Address, state: string): Promise<void> => {
    // What is uploaded now stays: a rotation may have changed it since.
    const { oidc } = (await read(address)) ?? {};
    const present = isJsonObject(oidc) ? oidc["jwksJson"] : undefined;
    const jwksJson = typeof present === "string" && present !== "" ? present : (address["jwks"] ?? "");
    await api.operate({
      service: "iam",
      method: "PATCH",
      action: "iam.workloadIdentityPoolProviders.update",
      path: `v1/${providerName(address)}?updateMask=displayName,description,disabled,attributeMapping,attributeCondition,oidc`,
      body: { ...providerBody(state, jwksJson), disabled: false },
    });
  };
  return {
    kind: "gcp-provider",
    name: ({ provider, pool }) => `the provider ${provider} of the pool ${pool}`,
    takenHint: TAKEN_HINTS["gcp-provider"] ?? "",
    async find(address) {
      const found = await read(address);
      if (found === null || found["state"] === "DELETED") return null;
      return {
        state: providerState(found),
        owner: found["description"] === madeFor(address["owner"] ?? "") ? "ours" : "theirs",
        facts: { providerName: String(found["name"]) },
      };
    },
    async checkRoom(address) {
      requireNameFree(await read(address), address);
    },
    async create({ address, state, progress }) {
      const { project = "", pool = "", provider = "" } = address;
      const deleted = await read(address);
      requireNameFree(deleted, address);
      if (deleted === null) {
        await api.operate({
          service: "iam",
          method: "POST",
          action: "iam.workloadIdentityPoolProviders.create",
          path: `v1/${poolName(project, pool)}/providers?workloadIdentityPoolProviderId=${provider}`,
          body: providerBody(state, address["jwks"] ?? ""),
        });
      } else {
        progress("it was deleted, and is taken back");
        await api.operate({
          service: "iam",
          method: "POST",
          action: "iam.workloadIdentityPoolProviders.undelete",
          path: `v1/${providerName(address)}:undelete`,
          body: {},
        });
        if (providerState(deleted) !== state) await patch(address, state);
      }
      return { providerName: providerName(address) };
    },
    change: (_, { address, state }) => patch(address, state),
    remove: (_, address) =>
      api.operate({
        service: "iam",
        method: "DELETE",
        action: "iam.workloadIdentityPoolProviders.delete",
        path: `v1/${providerName(address)}`,
      }),
  };
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
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  const state: ProviderState = {
    displayName: text(found["displayName"]),
    description: text(found["description"]),
    issuerUri: text(oidc["issuerUri"]),
    attributeMapping: isJsonObject(found["attributeMapping"]) ? (found["attributeMapping"] as Record<string, string>) : {},
    attributeCondition: text(found["attributeCondition"]),
    allowedAudiences: Array.isArray(oidc["allowedAudiences"]) ? oidc["allowedAudiences"].map(String) : [],
    keys: text(oidc["jwksJson"]) === "" ? "fetched" : "uploaded",
  };
  return stateText(state, found["disabled"] === true);
}

function requireNameFree(found: JsonObject | null, { pool, provider = "", owner = "" }: Address): void {
  if (found === null || found["state"] !== "DELETED" || found["description"] === madeFor(owner)) return;
  throw new Fault(
    "PLAN_CONFLICT",
    `somebody else deleted a provider ${provider} of the pool ${pool}, and its name is taken for 30 days`,
    { hints: ["give another name by `--provider-id ID`"], details: { provider } },
  );
}
