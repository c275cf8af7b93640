import { type MicrosoftAccess, microsoftApi } from "../../platform/cloud-admin/microsoft-api.ts";
import { managedProvisioner } from "../../setup/managed-resource.ts";
import type { Provisioner } from "../../setup/provisioner.ts";
import { applicationResource } from "./application.ts";
import { federatedCredentialResource } from "./federated-credential.ts";
import { managedIdentityResource } from "./managed-identity.ts";
import { roleAssignmentResource } from "./role-assignment.ts";
import { servicePrincipalResource } from "./service-principal.ts";

/**
 * What `setup azure` makes in a tenant and its subscriptions, each by the call of the API that makes it.
 *
 * Beside the faults of the port: `ADMIN_ABSENT`, `ADMIN_REFUSED`, `CLOUD_UNAVAILABLE`, `LIMIT_REACHED`, `RESOURCE_FAILED`.
 */
export function azureProvisioner(access: MicrosoftAccess): Provisioner {
  const api = microsoftApi(access);
  return managedProvisioner([
    applicationResource(api),
    servicePrincipalResource(api),
    managedIdentityResource(api),
    federatedCredentialResource(api),
    roleAssignmentResource(api),
  ]);
}
