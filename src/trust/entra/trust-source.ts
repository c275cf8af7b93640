import type { FederatedCredential } from "./judge-token.ts";

/** Where the federated credentials of an application or of a user-assigned identity are read, by its client id; `unread`: nobody looked. */
export type AzureTrustSource = (clientId: string) => Promise<AzureTrust | "unread" | "absent">;

/** What a tenant has of one client id. */
export interface AzureTrust {
  readonly credentials: readonly FederatedCredential[];
  /** The resource id of a user-assigned identity; null for an application. */
  readonly identity: string | null;
}
