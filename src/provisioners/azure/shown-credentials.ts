import { isJsonObject, type JsonObject } from "../../core/json-object.ts";
import { textOf, textsOf } from "../../platform/cloud-admin/members.ts";
import type { MicrosoftApi } from "../../platform/cloud-admin/microsoft-api.ts";
import type { ShownCredential } from "../../setup/azure/directory.ts";
import { type CredentialPlace, IDENTITY_API } from "./holder.ts";

/** The actions of a user-assigned identity's federated credentials: `…/read`. */
export const IDENTITY_ACTIONS = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials";

/** All that a holder has; null when the holder is not there. */
export async function listCredentials(
  api: MicrosoftApi,
  { service, path }: CredentialPlace,
): Promise<readonly JsonObject[] | null> {
  const isIdentity = service === "management";
  return api.findList({
    service,
    method: "GET",
    action: isIdentity ? `${IDENTITY_ACTIONS}/read` : "microsoft.directory/applications/standard/read",
    path: isIdentity ? `${path}?${IDENTITY_API}` : path,
  });
}

/** As Graph writes one, or Azure Resource Manager, which has all but the name below `properties`. */
export function shownCredential(found: JsonObject): ShownCredential {
  const { name } = found;
  const { issuer, subject, audiences } = isJsonObject(found["properties"]) ? found["properties"] : found;
  return {
    name: textOf(name),
    issuer: textOf(issuer),
    subject: textOf(subject),
    audiences: textsOf(audiences),
  };
}
