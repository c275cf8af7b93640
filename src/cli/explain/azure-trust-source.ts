import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import type { AzureAdministration } from "../../setup/azure/directory.ts";
import type { FederatedCredential } from "../../trust/entra/judge-token.ts";
import type { AzureTrustSource } from "../../trust/entra/trust-source.ts";
import { readGivenFile } from "../flags/read-given-file.ts";
import { parseGivenJson } from "./explained-token.ts";

const credentialsSchema = v.array(
  v.looseObject({ name: v.string(), issuer: v.string(), subject: v.string(), audiences: v.array(v.string()) }),
);

/** Files, as `az … federated-credential list` prints them, or as Microsoft Graph answers: below `value`. */
export function azureTrustFiles(files: readonly string[]): AzureTrustSource {
  return async () => (files.length === 0 ? "unread" : { credentials: readCredentials(files), identity: null });
}

/** Entra ID itself, as an administrator of the tenant sees it. */
export function azureTrustLive(azure: AzureAdministration): AzureTrustSource {
  return async (clientId) => (await azure.credentials(clientId)) ?? "absent";
}

function readCredentials(files: readonly string[]): readonly FederatedCredential[] {
  return files.flatMap((file) => {
    const parsed = parseGivenJson(readGivenFile(file), file);
    const list = Array.isArray(parsed) ? parsed : ((parsed as { readonly value?: unknown } | null)?.value ?? [parsed]);
    const result = v.safeParse(credentialsSchema, list);
    if (result.success) return result.output;
    throw new Fault("POLICY_INVALID", `${file} holds no federated credentials: name, issuer, subject and audiences`, {
      hints: ["`az ad app federated-credential list --id CLIENT_ID` prints them"],
    });
  });
}
