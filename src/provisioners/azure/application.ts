import { type JsonObject, readOwnJson } from "../../core/json-object.ts";
import { textOf } from "../../platform/cloud-admin/members.ts";
import type { MicrosoftApi } from "../../platform/cloud-admin/microsoft-api.ts";
import { type ApplicationState, stateText } from "../../setup/azure/states.ts";
import { applicationTag } from "../../setup/azure/trust-names.ts";
import type { ManagedResource } from "../../setup/managed-resource.ts";
import type { Facts } from "../../setup/provisioner.ts";
import { findApplication } from "./holder.ts";

/**
 * `azure-application`, `{ tenant, owner, application }`: an app registration, ours if it bears our tag. Names are not unique in
 * Entra ID, so one of that name without the tag is somebody else's, and no second one is made.
 *
 * @see Microsoft Graph v1.0, application
 */
export function applicationResource(api: MicrosoftApi): ManagedResource {
  const action = (what: string): string => `microsoft.directory/applications/${what}`;
  return {
    kind: "azure-application",
    name: ({ application }) => `the app registration ${application}`,
    takenHint: "give another name by `--name NAME`, or add a credential to it by `--client-id ID`",
    async find(address, facts) {
      const found = await findApplication(api, address, facts);
      if (found === null) return null;
      const tags = Array.isArray(found["tags"]) ? found["tags"] : [];
      const { displayName, signInAudience } = found;
      return {
        state: stateText({ displayName: textOf(displayName), signInAudience: textOf(signInAudience) }),
        owner: tags.includes(applicationTag(address["owner"] ?? "")) ? "ours" : "theirs",
        facts: factsOf(found),
      };
    },
    async create({ address: { owner = "" }, state }) {
      const made = await api.call({
        service: "graph",
        method: "POST",
        action: action("create"),
        has: ["id", "appId"],
        path: "v1.0/applications",
        body: { ...readOwnJson<ApplicationState>(state), tags: [applicationTag(owner)] },
      });
      return factsOf(made);
    },
    async change(found, { state }) {
      await api.call({
        service: "graph",
        method: "PATCH",
        action: action("basic/update"),
        path: `v1.0/applications/${found.facts["appObjectId"]}`,
        body: { ...readOwnJson<ApplicationState>(state) },
      });
    },
    async remove(found) {
      await api.find({
        service: "graph",
        method: "DELETE",
        action: action("delete"),
        path: `v1.0/applications/${found.facts["appObjectId"]}`,
      });
    },
  };
}

function factsOf({ id, appId }: JsonObject): Facts {
  return { appObjectId: String(id), clientId: String(appId) };
}
