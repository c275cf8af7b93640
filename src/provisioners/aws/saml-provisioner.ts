import { managedProvisioner } from "../../setup/managed-resource.ts";
import type { Provisioner } from "../../setup/provisioner.ts";
import type { AwsClients } from "./clients.ts";
import { requireAccount } from "./provisioner.ts";
import { type OpenIam, rolePolicyResource, roleResource, samlProviderResource } from "./saml-resources.ts";

/**
 * What `setup aws --saml-metadata` makes, each by a call of IAM: CloudFormation takes no more than 4 kB of a parameter, and the
 * metadata of a SAML provider is longer.
 *
 * Beside the faults of the port: `ADMIN_ABSENT`, `ADMIN_REFUSED`, `ACCOUNT_MISMATCH`, `CLOUD_UNAVAILABLE`, `RESOURCE_FAILED`.
 */
export function samlProvisioner(clients: (region: string) => AwsClients): Provisioner {
  const open: OpenIam = async ({ account = "", region = "" }) => {
    const opened = clients(region);
    await requireAccount(opened, account);
    return opened.iam;
  };
  return managedProvisioner([samlProviderResource(open), roleResource(open), rolePolicyResource(open)]);
}
