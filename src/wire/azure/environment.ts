import type { AzureCredentials } from "../../core/credentials.ts";
import type { EnvironmentChange } from "../aws-config/environment.ts";

/** Variables that would be preferred to a federated token, or mixed with it, each with the reason. */
const SHADOWS: Readonly<Record<string, string>> = {
  AZURE_CLIENT_SECRET: "every SDK's environment credential prefers it",
  AZURE_CLIENT_CERTIFICATE_PATH: "every SDK's environment credential prefers it",
  AZURE_CLIENT_CERTIFICATE_PASSWORD: "belongs to AZURE_CLIENT_CERTIFICATE_PATH",
  AZURE_USERNAME: "an SDK's environment credential would sign a user in",
  AZURE_PASSWORD: "belongs to AZURE_USERNAME",
  AZURE_FEDERATED_TOKEN_FILE: "would be another identity's token",
  ARM_CLIENT_SECRET: "Terraform prefers it",
  ARM_CLIENT_SECRET_FILE_PATH: "Terraform prefers it",
  ARM_CLIENT_CERTIFICATE: "Terraform prefers it",
  ARM_CLIENT_CERTIFICATE_PATH: "Terraform prefers it",
  ARM_CLIENT_CERTIFICATE_PASSWORD: "belongs to ARM_CLIENT_CERTIFICATE",
  ARM_CLIENT_ID_FILE_PATH: "would be another application's",
  ARM_OIDC_TOKEN: "would be another identity's token",
  ARM_OIDC_TOKEN_FILE_PATH: "would be another identity's token",
};

/** Every variable that Azure credentials can set. */
export const AZURE_VARIABLES = [
  "AZURE_TENANT_ID",
  "AZURE_CLIENT_ID",
  "AZURE_ACCESS_TOKEN",
  "ARM_TENANT_ID",
  "ARM_CLIENT_ID",
  "ARM_SUBSCRIPTION_ID",
  "AZURE_SUBSCRIPTION_ID",
] as const;

/**
 * The variables of Azure's SDKs and of Terraform for these credentials. No tool of Microsoft's reads an access token from the
 * environment: `AZURE_ACCESS_TOKEN` is for scripts that send it themselves. SDKs take `AZURE_FEDERATED_TOKEN_FILE`, which `exec` adds.
 *
 * @see Azure SDKs, "environment variables" of WorkloadIdentityCredential; Terraform's azurerm provider, "OpenID Connect"
 */
export function azureEnvironment({ accessToken, tenantId, clientId, subscriptionId }: AzureCredentials): EnvironmentChange {
  const subscription =
    subscriptionId === "" ? {} : { ARM_SUBSCRIPTION_ID: subscriptionId, AZURE_SUBSCRIPTION_ID: subscriptionId };
  const set: { [Name in (typeof AZURE_VARIABLES)[number]]?: string } = {
    AZURE_TENANT_ID: tenantId,
    AZURE_CLIENT_ID: clientId,
    AZURE_ACCESS_TOKEN: accessToken.reveal(),
    ARM_TENANT_ID: tenantId,
    ARM_CLIENT_ID: clientId,
    ...subscription,
  };
  return { set, unset: Object.keys(SHADOWS) };
}
