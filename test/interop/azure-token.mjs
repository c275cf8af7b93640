// A real client of Microsoft's: @azure/identity with the credential that reads AZURE_FEDERATED_TOKEN_FILE.
import { WorkloadIdentityCredential } from "@azure/identity";

const { token } = await new WorkloadIdentityCredential({ disableInstanceDiscovery: true }).getToken(
  "https://management.azure.com/.default",
);
console.log(token.startsWith("sandbox.") ? "a token of the sandbox" : token);
