import { posixWord } from "../../core/posix-word.ts";
import type { ShownCredential } from "./directory.ts";

/** What holds federated credentials: an application, or a user-assigned identity, which is another kind of thing to `az`. */
export interface CredentialHolder {
  readonly clientId: string;
  /** The resource id of a user-assigned identity; null for an application. */
  readonly identity: string | null;
}

/** The `az` command that adds a credential. */
export function createCredential({ clientId, identity }: CredentialHolder, credential: ShownCredential): string {
  if (identity === null) {
    return `az ad app federated-credential create --id ${clientId} --parameters '${JSON.stringify(credential)}'`;
  }
  const { name, issuer, subject, audiences } = credential;
  const said = ["--issuer", issuer, "--subject", subject, "--audiences", ...audiences].map(posixWord).join(" ");
  return `az identity federated-credential create --name ${name} ${placeOf(identity)} ${said}`;
}

/** The `az` command that takes one out. */
export function deleteCredential({ clientId, identity }: CredentialHolder, name: string): string {
  if (identity !== null) return `az identity federated-credential delete --name ${name} ${placeOf(identity)}`;
  return `az ad app federated-credential delete --id ${clientId} --federated-credential-id ${name}`;
}

/** `/subscriptions/ID/resourceGroups/NAME/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME` */
function placeOf(identity: string): string {
  const [, , subscription = "", , group = "", , , , name = ""] = identity.split("/");
  return `--identity-name ${name} --resource-group ${group} --subscription ${subscription}`;
}
