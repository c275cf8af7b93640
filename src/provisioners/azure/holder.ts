import { isJsonObject, type JsonObject } from "../../core/json-object.ts";
import type { MicrosoftApi, MicrosoftCall } from "../../platform/cloud-admin/microsoft-api.ts";
import type { Address } from "../../setup/plan.ts";
import type { Facts } from "../../setup/provisioner.ts";

/** Where a holder's federated credentials are. */
export type CredentialPlace = Pick<MicrosoftCall, "service" | "path">;

/** The version of the API of user-assigned identities whose federated credentials are general. */
export const IDENTITY_API = "api-version=2023-01-31";

/** The members that every answer about a user-assigned identity has. */
export const IDENTITY_MEMBERS = ["properties.clientId", "properties.principalId"];

/**
 * The application of an address: by the id that making it gave, by its client id, or by its name, which is the only one in the
 * tenant if it is ours. Null when there is none.
 */
export async function findApplication(api: MicrosoftApi, address: Address, facts: Facts): Promise<JsonObject | null> {
  const { application, clientId } = address;
  const graph = (path: string, has: readonly string[]): MicrosoftCall => ({
    service: "graph",
    method: "GET",
    action: "microsoft.directory/applications/standard/read",
    has,
    path,
  });
  const one = ["id", "appId"];
  if (facts["appObjectId"] !== undefined) return api.find(graph(`v1.0/applications/${facts["appObjectId"]}`, one));
  if (clientId !== undefined) return api.find(graph(`v1.0/applications(appId='${clientId}')`, one));
  const filter = encodeURIComponent(`displayName eq '${(application ?? "").replaceAll("'", "''")}'`);
  const found = await api.list(graph(`v1.0/applications?$filter=${filter}`, ["value[].id", "value[].appId"]));
  return found[0] ?? null;
}

/** The path below which a holder's federated credentials are; null while there is no holder. */
export async function credentialsOf(api: MicrosoftApi, address: Address, facts: Facts): Promise<CredentialPlace | null> {
  const { identity } = address;
  if (identity !== undefined) return { service: "management", path: `${identity}/federatedIdentityCredentials` };
  const application = await findApplication(api, address, facts);
  return application === null
    ? null
    : { service: "graph", path: `v1.0/applications/${String(application["id"])}/federatedIdentityCredentials` };
}

/** The id of what is given rights: a service principal's, or a managed identity's; null while there is none. */
export async function principalIdOf(api: MicrosoftApi, address: Address, facts: Facts): Promise<string | null> {
  if (facts["principalId"] !== undefined) return facts["principalId"];
  if (address["identity"] !== undefined) {
    const found = await findIdentity(api, address["identity"]);
    const properties = isJsonObject(found?.["properties"]) ? found["properties"] : {};
    return typeof properties["principalId"] === "string" ? properties["principalId"] : null;
  }
  const application = await findApplication(api, address, facts);
  const principal = application === null ? null : await findPrincipal(api, String(application["appId"]));
  return principal === null ? null : String(principal["id"]);
}

/** The service principal of an application in this tenant. */
export function findPrincipal(api: MicrosoftApi, appId: string): Promise<JsonObject | null> {
  return api.find({
    service: "graph",
    method: "GET",
    action: "microsoft.directory/servicePrincipals/standard/read",
    has: ["id"],
    path: `v1.0/servicePrincipals(appId='${appId}')`,
  });
}

/** A user-assigned identity by its resource id. */
export function findIdentity(api: MicrosoftApi, id: string): Promise<JsonObject | null> {
  return api.find({
    service: "management",
    method: "GET",
    action: "Microsoft.ManagedIdentity/userAssignedIdentities/read",
    has: IDENTITY_MEMBERS,
    path: `${id}?${IDENTITY_API}`,
  });
}
