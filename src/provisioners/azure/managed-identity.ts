import { isJsonObject, type JsonObject, readOwnJson } from "../../core/json-object.ts";
import { textOf } from "../../platform/cloud-admin/members.ts";
import type { MicrosoftApi } from "../../platform/cloud-admin/microsoft-api.ts";
import { type ManagedIdentityState, stateText } from "../../setup/azure/states.ts";
import { OWNER_TAG } from "../../setup/azure/trust-names.ts";
import type { ManagedResource } from "../../setup/managed-resource.ts";
import type { Address } from "../../setup/plan.ts";
import type { Facts } from "../../setup/provisioner.ts";
import { findIdentity, IDENTITY_API, IDENTITY_MEMBERS } from "./holder.ts";

/**
 * `azure-managed-identity`, `{ tenant, owner, identity }`: a user-assigned managed identity, ours if it bears our tag.
 *
 * @see Azure Resource Manager, Microsoft.ManagedIdentity/userAssignedIdentities
 */
export function managedIdentityResource(api: MicrosoftApi): ManagedResource {
  const put = ({ identity = "", owner = "" }: Address, state: string): Promise<JsonObject> =>
    api.call({
      service: "management",
      method: "PUT",
      action: "Microsoft.ManagedIdentity/userAssignedIdentities/write",
      has: IDENTITY_MEMBERS,
      path: `${identity}?${IDENTITY_API}`,
      body: { location: readOwnJson<ManagedIdentityState>(state).location, tags: { [OWNER_TAG]: owner } },
    });
  return {
    kind: "azure-managed-identity",
    name: ({ identity = "" }) => `the user-assigned identity ${identity.split("/").at(-1)}`,
    takenHint: "give another name by `--name NAME`",
    async find({ identity = "", owner = "" }) {
      const found = await findIdentity(api, identity);
      if (found === null) return null;
      const tags = isJsonObject(found["tags"]) ? found["tags"] : {};
      return {
        state: stateText({ location: textOf(found["location"]) }),
        owner: tags[OWNER_TAG] === owner ? "ours" : "theirs",
        facts: factsOf(found),
      };
    },
    create: async ({ address, state }) => factsOf(await put(address, state)),
    async change(_, { address, state }) {
      await put(address, state);
    },
    async remove(_, { identity = "" }) {
      await api.find({
        service: "management",
        method: "DELETE",
        action: "Microsoft.ManagedIdentity/userAssignedIdentities/delete",
        path: `${identity}?${IDENTITY_API}`,
      });
    },
  };
}

function factsOf({ properties }: JsonObject): Facts {
  const { clientId, principalId } = isJsonObject(properties) ? properties : {};
  return { clientId: String(clientId), principalId: String(principalId) };
}
