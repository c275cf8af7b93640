import type { AzureTrustSource } from "../../trust/entra/trust-source.ts";
import { entraApplications } from "./entra-folder.ts";

/** The sandbox's Entra ID as `brevet explain` reads it: the files themselves, whether a sandbox runs or not. */
export function sandboxAzureTrust(folder: string): AzureTrustSource {
  return async (clientId) => {
    const found = entraApplications(folder).find((application) => application.clientId === clientId);
    if (found === undefined) return "absent";
    return { credentials: found.federatedCredentials, identity: found.managedIdentity?.id ?? null };
  };
}
