/** A federated credential as Microsoft shows it. */
export interface ShownCredential {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
}

/** A subscription that the administrator sees. */
export interface Subscription {
  readonly id: string;
  readonly name: string;
  readonly tenantId: string;
}

/**
 * What is read of Entra ID and Azure before anything is planned, and by who explains a refusal. Each method throws
 * `ADMIN_ABSENT`, `ADMIN_REFUSED`, `CLOUD_UNAVAILABLE`.
 */
export interface AzureAdministration {
  /** The tenant of the administrator's token for Entra ID. */
  tenantId(): Promise<string>;
  subscriptions(): Promise<readonly Subscription[]>;
  /** The id of a role's definition at a scope, by the role's name; null when there is none. */
  roleDefinition(role: string, scope: string): Promise<string | null>;
  /** The application with that client id; null when there is none. */
  application(clientId: string): Promise<{ readonly objectId: string; readonly displayName: string } | null>;
  /** The federated credentials of an application; null when there is none. */
  credentials(clientId: string): Promise<readonly ShownCredential[] | null>;
}
