import { isCloudCode } from "../../platform/cloud-admin/json-api.ts";
import type { MicrosoftApi } from "../../platform/cloud-admin/microsoft-api.ts";
import { stateText } from "../../setup/azure/states.ts";
import { applicationTag } from "../../setup/azure/trust-names.ts";
import type { ManagedResource } from "../../setup/managed-resource.ts";
import { findApplication, findPrincipal } from "./holder.ts";

/**
 * `azure-service-principal`, `{ tenant, owner, application }`: what an application is in its own tenant, and what can be given
 * rights. It is ours if the application is.
 *
 * @see Microsoft Graph v1.0, servicePrincipal
 */
export function servicePrincipalResource(api: MicrosoftApi): ManagedResource {
  const path = "v1.0/servicePrincipals";
  return {
    kind: "azure-service-principal",
    name: ({ application }) => `the service principal of ${application}`,
    takenHint: "give another name by `--name NAME`, or add a credential to it by `--client-id ID`",
    async find(address, facts) {
      const application = await findApplication(api, address, facts);
      if (application === null) return null;
      const found = await findPrincipal(api, String(application["appId"]));
      if (found === null) return null;
      const tags = Array.isArray(application["tags"]) ? application["tags"] : [];
      return {
        state: stateText({ enabled: found["accountEnabled"] !== false }),
        owner: tags.includes(applicationTag(address["owner"] ?? "")) ? "ours" : "theirs",
        facts: { principalId: String(found["id"]) },
      };
    },
    async create({ facts }) {
      // An application that was just made is not known everywhere in Entra ID at once.
      const made = await api.patiently(
        () =>
          api.call({
            service: "graph",
            method: "POST",
            action: "microsoft.directory/servicePrincipals/create",
            has: ["id"],
            path,
            body: { appId: facts["clientId"] },
          }),
        (cause) => isCloudCode(cause, "NoBackingApplicationObject", "Request_ResourceNotFound"),
      );
      return { principalId: String(made["id"]) };
    },
    async change(found) {
      await api.call({
        service: "graph",
        method: "PATCH",
        action: "microsoft.directory/servicePrincipals/basic/update",
        path: `${path}/${found.facts["principalId"]}`,
        body: { accountEnabled: true },
      });
    },
    async remove(found) {
      await api.find({
        service: "graph",
        method: "DELETE",
        action: "microsoft.directory/servicePrincipals/delete",
        path: `${path}/${found.facts["principalId"]}`,
      });
    },
  };
}
