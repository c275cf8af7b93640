import { Fault } from "../../core/fault.ts";
import type { JsonObject } from "../../core/json-object.ts";
import { textOf, textsOf } from "../../platform/cloud-admin/members.ts";
import { type MicrosoftAccess, microsoftApi } from "../../platform/cloud-admin/microsoft-api.ts";
import type { AzureAdministration } from "../../setup/azure/directory.ts";
import { pathOfScope } from "../../wire/azure/names.ts";
import { credentialsOf, findApplication, findPrincipal } from "./holder.ts";
import { listCredentials, shownCredential } from "./shown-credentials.ts";

/** Entra ID and Azure as this administrator sees them. Nothing here changes anything. */
export function azureAdministration(access: MicrosoftAccess): AzureAdministration {
  const api = microsoftApi(access);
  return {
    async tenantId() {
      const action = "microsoft.directory/organization/standard/read";
      const path = "v1.0/organization?$select=id";
      const [tenant] = await api.list({ service: "graph", method: "GET", action, path });
      if (typeof tenant?.["id"] === "string") return tenant["id"];
      throw new Fault("RESOURCE_FAILED", "the administrator's token for Microsoft Graph is of no tenant");
    },
    async subscriptions() {
      const action = "Microsoft.Resources/subscriptions/read";
      const path = "subscriptions?api-version=2022-12-01";
      const all = await api.list({ service: "management", method: "GET", action, has: ["value[].subscriptionId"], path });
      return all.map(({ subscriptionId, displayName, tenantId }) => ({
        id: String(subscriptionId),
        name: textOf(displayName),
        tenantId: textOf(tenantId),
      }));
    },
    async roleDefinition(role, scope) {
      const filter = encodeURIComponent(`roleName eq '${role.replaceAll("'", "''")}'`);
      const found = await api.findList({
        service: "management",
        method: "GET",
        action: "Microsoft.Authorization/roleDefinitions/read",
        has: ["value[].name"],
        path: `${pathOfScope(scope)}/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01&$filter=${filter}`,
      });
      return textOf(found?.[0]?.["name"]) || null;
    },
    async application(clientId) {
      const found = await findApplication(api, { clientId }, {});
      return found === null ? null : { objectId: String(found["id"]), displayName: textOf(found["displayName"]) };
    },
    async credentials(clientId) {
      const ofApplication = await credentialsOf(api, { clientId }, {});
      const identity = ofApplication === null ? identityOf(await findPrincipal(api, clientId)) : null;
      const place = identity === null ? ofApplication : await credentialsOf(api, { identity }, {});
      const found = place === null ? null : await listCredentials(api, place);
      return found === null ? null : { credentials: found.map(shownCredential), identity };
    },
  };
}

/** Graph lists no credentials of a managed identity, and names its resource. @see servicePrincipal, alternativeNames */
function identityOf(principal: JsonObject | null): string | null {
  return (
    textsOf(principal?.["alternativeNames"]).find((name) =>
      /^\/subscriptions\/[^?#]+\/userAssignedIdentities\/[\w-]+$/i.test(name),
    ) ?? null
  );
}
