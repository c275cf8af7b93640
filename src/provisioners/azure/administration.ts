import { Fault } from "../../core/fault.ts";
import { isJsonObject, type JsonObject } from "../../core/json-object.ts";
import { type MicrosoftAccess, type MicrosoftCall, microsoftApi } from "../../platform/cloud-admin/microsoft-api.ts";
import type { AzureAdministration, ShownCredential } from "../../setup/azure/directory.ts";
import { findPrincipal, IDENTITY_API } from "./holder.ts";

/** Entra ID and Azure as this administrator sees them. Nothing here changes anything. */
export function azureAdministration(access: MicrosoftAccess): AzureAdministration {
  const api = microsoftApi(access);
  const graph = (path: string, has: readonly string[]): MicrosoftCall => ({
    service: "graph",
    method: "GET",
    action: "microsoft.directory/applications/standard/read",
    has,
    path,
  });
  const byClientId = (clientId: string): Promise<JsonObject | null> =>
    api.find(graph(`v1.0/applications(appId='${clientId}')`, ["id"]));
  return {
    async tenantId() {
      const action = "microsoft.directory/organization/standard/read";
      const organization = { ...graph("v1.0/organization?$select=id", ["value"]), action };
      const [tenant] = listOf(await api.call(organization));
      if (typeof tenant?.["id"] === "string") return tenant["id"];
      throw new Fault("RESOURCE_FAILED", "the administrator's token for Microsoft Graph is of no tenant");
    },
    async subscriptions() {
      const action = "Microsoft.Resources/subscriptions/read";
      const path = "subscriptions?api-version=2022-12-01";
      const all = listOf(await api.call({ service: "management", method: "GET", action, has: ["value"], path }));
      return all.map(({ subscriptionId, displayName, tenantId }) => ({
        id: String(subscriptionId),
        name: String(displayName),
        tenantId: String(tenantId),
      }));
    },
    async roleDefinition(role, scope) {
      const filter = encodeURIComponent(`roleName eq '${role.replaceAll("'", "''")}'`);
      const answer = await api.find({
        service: "management",
        method: "GET",
        action: "Microsoft.Authorization/roleDefinitions/read",
        has: ["value"],
        path: `${scope}/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01&$filter=${filter}`,
      });
      const [found] = answer === null ? [] : listOf(answer);
      return typeof found?.["name"] === "string" ? found["name"] : null;
    },
    async application(clientId) {
      const found = await byClientId(clientId);
      return found === null ? null : { objectId: String(found["id"]), displayName: String(found["displayName"]) };
    },
    async credentials(clientId) {
      const found = await byClientId(clientId);
      if (found !== null) {
        const path = `v1.0/applications/${String(found["id"])}/federatedIdentityCredentials`;
        return { credentials: listOf(await api.call(graph(path, ["value"]))).map(shownCredential), identity: null };
      }
      const identity = identityOf(await findPrincipal(api, clientId));
      if (identity === null) return null;
      const answer = await api.find({
        service: "management",
        method: "GET",
        action: "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/read",
        has: ["value"],
        path: `${identity}/federatedIdentityCredentials?${IDENTITY_API}`,
      });
      return answer === null ? null : { credentials: listOf(answer).map(shownCredential), identity };
    },
  };
}

function listOf({ value }: JsonObject): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** Graph lists no credentials of a managed identity, and names its resource. @see servicePrincipal, alternativeNames */
function identityOf(principal: JsonObject | null): string | null {
  const names = Array.isArray(principal?.["alternativeNames"]) ? principal["alternativeNames"].map(String) : [];
  return names.find((name) => /^\/subscriptions\/[^?#]+\/userAssignedIdentities\/[\w-]+$/i.test(name)) ?? null;
}

/** As Graph writes one, or Azure Resource Manager, which has all but the name below `properties`. */
function shownCredential(found: JsonObject): ShownCredential {
  const { name } = found;
  const { issuer, subject, audiences } = isJsonObject(found["properties"]) ? found["properties"] : found;
  return {
    name: String(name),
    issuer: String(issuer),
    subject: String(subject),
    audiences: Array.isArray(audiences) ? audiences.map(String) : [],
  };
}
