import type { GcpBinding } from "./judge-impersonation.ts";
import type { GcpProvider } from "./provider.ts";

/** Where the trust of a Google Cloud project is read. `unread`: it was not looked at; `absent`: there is none. */
export interface GcpTrustSource {
  /** By its resource name. */
  provider(name: string): Promise<GcpProvider | "unread" | "absent">;
  /** The allow policy of a service account. */
  policy(email: string): Promise<readonly GcpBinding[] | "unread" | "absent">;
}
