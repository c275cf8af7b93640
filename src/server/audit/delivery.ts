import type { Http } from "../../core/http.ts";

/** Hands lines of the audit log over; it is done when the receiver has them. @throws {Fault} `AUDIT_UNDELIVERED` */
export type Delivery = (lines: readonly string[]) => Promise<void>;

/** What deliveries are made with. */
export interface DeliveryParts {
  readonly http: Http;
  /** The issuer's host, by which syslog tells servers apart. */
  readonly host: string;
  /** The whole value of the `Authorization` that a webhook wants; null: it wants none. */
  readonly authorization: () => string | null;
  /** PEM: who is trusted for the certificates of syslog receivers; null: the runtime's authorities. */
  readonly authority: () => string | null;
}
