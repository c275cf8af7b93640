/** A federated credential as Microsoft shows it. */
export interface ShownCredential {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
}

/** All of one holder. */
export interface ShownCredentials {
  readonly credentials: readonly ShownCredential[];
  /** The resource id of the user-assigned identity that holds them; null for an application. */
  readonly identity: string | null;
}

/** A subscription that the administrator sees. */
export interface Subscription {
  readonly id: string;
  readonly name: string;
  readonly tenantId: string;
}

/**
 * What is read of Entra ID and Azure before anything is planned, and to explain a refusal. Each method throws `ADMIN_ABSENT`,
 * `ADMIN_REFUSED`, `CLOUD_UNAVAILABLE`.
 */
export interface AzureAdministration {
  /** The tenant of the administrator's token for Entra ID. */
  tenantId(): Promise<string>;
  subscriptions(): Promise<readonly Subscription[]>;
  /** The id of a role's definition at a scope, by the role's name; null when there is none. */
  roleDefinition(role: string, scope: string): Promise<string | null>;
  /** The application with that client id; null when there is none. */
  application(clientId: string): Promise<{ readonly objectId: string; readonly displayName: string } | null>;
  /** The federated credentials of an application or of a user-assigned identity; null when there is neither. */
  credentials(clientId: string): Promise<ShownCredentials | null>;
}
