import { type GoogleAccess, googleApi } from "../../platform/cloud-admin/google-api.ts";
import { managedProvisioner } from "../../setup/managed-resource.ts";
import type { Provisioner } from "../../setup/provisioner.ts";
import { bindingResource } from "./binding.ts";
import { poolResource } from "./pool.ts";
import { providerResource } from "./provider.ts";
import { serviceAccountResource } from "./service-account.ts";

/**
 * What `setup gcp` makes in a project of Google Cloud, each by the call of the API that makes it.
 *
 * Beside the faults of the port: `ADMIN_ABSENT`, `ADMIN_REFUSED`, `API_DISABLED`, `CLOUD_UNAVAILABLE`, `RESOURCE_FAILED`.
 */
export function gcpProvisioner(access: GoogleAccess): Provisioner {
  const api = googleApi(access);
  return managedProvisioner([poolResource(api), providerResource(api), serviceAccountResource(api), bindingResource(api)]);
}
