import type { Address } from "../plan.ts";
import type { WantedStep } from "../planned-step.ts";
import { stateText } from "./states.ts";
import { assignmentId } from "./trust-names.ts";

/** What `setup azure` makes so that Entra ID trusts an identity: steps, in the order in which each needs the one before. */

/** What acts for the identity at Azure. */
export type AzurePrincipal =
  /** An app registration that is made, with its service principal. */
  | { readonly kind: "made"; readonly name: string }
  /** One that exists, of whomever: only a credential is added. */
  | { readonly kind: "joined"; readonly clientId: string; readonly objectId: string; readonly displayName: string }
  /** A user-assigned managed identity that is made. */
  | {
      readonly kind: "managed";
      readonly name: string;
      readonly subscriptionId: string;
      readonly resourceGroup: string;
      readonly location: string;
    };

/** Whom a tenant is to trust, and what for. */
export interface AzureTrust {
  readonly tenantId: string;
  /** In the marks of what is made. */
  readonly owner: string;
  readonly principal: AzurePrincipal;
  /** The name of the federated credential. */
  readonly credential: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  readonly roles: readonly { readonly role: string; readonly definitionId: string; readonly scope: string }[];
}

/** What is wanted, in order. */
export function wantedSteps(trust: AzureTrust): readonly WantedStep[] {
  const { tenantId: tenant, owner, principal, credential, issuer, subject, audience } = trust;
  const holder = holderAddress(principal);
  return [
    ...principalSteps(trust),
    {
      id: "azure-credential",
      kind: "azure-credential",
      address: { tenant, owner, credential, ...holder },
      what: `the federated credential ${credential}, which trusts ${issuer} and ${subject}`,
      after: stateText({ issuer, subject, audience }),
    },
    ...trust.roles.map(({ role, definitionId, scope }) => ({
      id: `azure-role-${assignmentId(owner, role, scope)}`,
      kind: "azure-role",
      address: { tenant, owner, scope, role, definition: definitionId, assignment: assignmentId(owner, role, scope), ...holder },
      what: `the role assignment ${role} on ${scope}`,
      after: stateText({ role, scope }),
    })),
  ];
}

function principalSteps({ tenantId: tenant, owner, principal }: AzureTrust): readonly WantedStep[] {
  if (principal.kind === "joined") return [];
  if (principal.kind === "managed") {
    const { name, location, resourceGroup } = principal;
    return [
      {
        id: "azure-managed-identity",
        kind: "azure-managed-identity",
        address: { tenant, owner, ...holderAddress(principal) },
        what: `the user-assigned identity ${name} in the resource group ${resourceGroup}`,
        after: stateText({ location }),
      },
    ];
  }
  const { name } = principal;
  return [
    {
      id: "azure-application",
      kind: "azure-application",
      address: { tenant, owner, application: name },
      what: `the app registration ${name}`,
      after: stateText({ displayName: name, signInAudience: "AzureADMyOrg" }),
    },
    {
      id: "azure-service-principal",
      kind: "azure-service-principal",
      address: { tenant, owner, application: name },
      what: `the service principal of ${name}`,
      after: stateText({ enabled: true }),
    },
  ];
}

/** What holds the credential, as its address: by a name, since what is not made yet has no id. */
function holderAddress(principal: AzurePrincipal): Address {
  switch (principal.kind) {
    case "made":
      return { application: principal.name };
    case "joined":
      return { clientId: principal.clientId };
    case "managed": {
      const { subscriptionId, resourceGroup, name } = principal;
      const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
      return { identity: `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}` };
    }
  }
}
