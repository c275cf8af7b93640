import { shellCommand } from "../../core/shell-command.ts";
import { visibleJson } from "../../core/visible.ts";
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
    return shellCommand`az ad app federated-credential create --id ${clientId} --parameters ${visibleJson(credential)}`;
  }
  const { name, issuer, subject, audiences } = credential;
  const said = shellCommand`--issuer ${issuer} --subject ${subject} --audiences ${audiences}`;
  return `${shellCommand`az identity federated-credential create --name ${name}`} ${placeOf(identity)} ${said}`;
}

/** The `az` command that takes one out. */
export function deleteCredential({ clientId, identity }: CredentialHolder, name: string): string {
  if (identity !== null) return `${shellCommand`az identity federated-credential delete --name ${name}`} ${placeOf(identity)}`;
  return shellCommand`az ad app federated-credential delete --id ${clientId} --federated-credential-id ${name}`;
}

/** `/subscriptions/ID/resourceGroups/NAME/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME` */
function placeOf(identity: string): string {
  const [, , subscription = "", , group = "", , , , name = ""] = identity.split("/");
  return shellCommand`--identity-name ${name} --resource-group ${group} --subscription ${subscription}`;
}
