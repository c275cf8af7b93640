import type { Secret } from "../../core/secret.ts";
import type { AttestationSettings } from "./attestation-settings.ts";

/** What a server is told, checked: `server.json` in its data folder, with the flags of `brevet serve` over it. */
export interface ServerSettings {
  /** The origin at which people and clouds know it, exactly: `https://id.example.com`. */
  readonly issuer: string;
  readonly listen: { readonly host: string; readonly port: number };
  /** Its keys, its embedded database and its settings. */
  readonly dataFolder: string;
  readonly database:
    | { readonly kind: "sqlite"; readonly file: string }
    | { readonly kind: "postgres"; readonly url: Secret<string> };
  /** PEM files; null: plain HTTP, for loopback or behind a proxy. */
  readonly tls: { readonly certificateFile: string; readonly keyFile: string } | null;
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** How long after a sign-in tokens are handed out. */
  readonly sessionSeconds: number;
  /** Resource servers that access tokens can be for. */
  readonly resources: readonly string[];
  /** Clients that may exchange a session, besides brevet's own. */
  readonly exchangeClients: readonly string[];
  /** Networks that are not public and that clients' URLs may lead into. */
  readonly internalNetworks: readonly string[];
  /** Where every line of the audit log is pushed. */
  readonly auditPush: readonly string[];
  /** PEM: who is trusted for the certificates of syslog receivers; null: the runtime's authorities. */
  readonly auditAuthorityFile: string | null;
  /** How long rows of the audit log are kept; null: for ever. */
  readonly auditKeepSeconds: number | null;
  /** Whether nothing of it is cut before an administrator has confirmed an export. */
  readonly auditConfirm: boolean;
  /** From where the metrics may be read. */
  readonly metricsNetworks: readonly string[];
  readonly limits: {
    readonly requestsPerMinute: number;
    readonly registrationsPerMinute: number;
    readonly exchangesPerMinute: number;
  };
  /** Which security keys are known by their makers; null: none, and every key is taken. */
  readonly attestation: AttestationSettings | null;
  /** The name that people see. */
  readonly organisation: string;
}
