import { parseJsonObject } from "./json-object.ts";
import { Secret } from "./secret.ts";
import type { EpochSeconds } from "./time.ts";

/** AWS credentials of a role session; `expiresAt` is what AWS said, never computed here. */
export interface AwsCredentials {
  readonly kind: "aws";
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret<string>;
  readonly sessionToken: Secret<string>;
  readonly issuedAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
  /** `arn:aws:sts::123456789012:assumed-role/dev/laptop-7f3a` */
  readonly assumedRoleArn: string;
  /** The region of the profile, which `env` and `exec` set for the tools they serve. */
  readonly region: string;
}

/** A token that is presented as it is: `Authorization: Bearer …`. */
export interface BearerCredentials {
  readonly kind: "bearer";
  readonly token: Secret<string>;
  readonly audience: string;
  readonly issuedAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
}

/** An OAuth 2.0 access token of Google Cloud. */
export interface GcpCredentials {
  readonly kind: "gcp";
  readonly accessToken: Secret<string>;
  /** Whom Google takes the bearer for: a service account's e-mail, or the resource name of the federation's provider. */
  readonly principal: string;
  /** The project that `env` and `exec` set for the tools they serve; `""` for none. */
  readonly project: string;
  readonly issuedAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
}

/** An OAuth 2.0 access token of Entra ID for one resource. */
export interface AzureCredentials {
  readonly kind: "azure";
  readonly accessToken: Secret<string>;
  readonly tenantId: string;
  readonly clientId: string;
  /** `https://management.azure.com/.default` */
  readonly scope: string;
  /** The subscription that `env` and `exec` set for the tools they serve; `""` for none. */
  readonly subscriptionId: string;
  readonly issuedAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
}

/** What a tool can use. One union: an outlet narrows on `kind`. */
export type Credentials = AwsCredentials | BearerCredentials | GcpCredentials | AzureCredentials;

/**
 * The longest refresh window of a kind, in seconds: botocore asks for new AWS credentials 15 minutes before they end, Google's
 * libraries for a new access token at most 5 minutes before.
 */
const REFRESH_WINDOW_SECONDS: Readonly<Record<Credentials["kind"], number>> = { aws: 900, bearer: 60, gcp: 300, azure: 300 };

/**
 * How long before their end credentials are replaced: the window of their kind, but never more than a third of
 * their life, so that short credentials are not stale at birth.
 */
export function refreshWindowSeconds(credentials: Credentials): number {
  const life = credentials.expiresAt - credentials.issuedAt;
  return Math.min(REFRESH_WINDOW_SECONDS[credentials.kind], Math.floor(life / 3));
}

/**
 * How long credentials are still good for, in seconds; 0 or less: they have ended, as far as can be known.
 *
 * If they were issued in the future by more than their refresh window, the clock was put back since, and nobody can say how much
 * of their life is over.
 */
export function secondsLeft(credentials: Credentials, now: EpochSeconds): number {
  if (credentials.issuedAt - now > refreshWindowSeconds(credentials)) return 0;
  return credentials.expiresAt - now;
}

/** The form in which the store seals credentials; only a store may be handed the result. */
export function encodeCredentials(credentials: Credentials): Secret<string> {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(credentials)) plain[name] = value instanceof Secret ? value.reveal() : value;
  return new Secret("credentials", JSON.stringify(plain));
}

/** What {@link encodeCredentials} made; null when an older or newer version of brevet sealed another shape. */
export function parseCredentials(sealed: Secret<string>): Credentials | null {
  const fields = parseJsonObject(sealed.reveal());
  if (fields === null) return null;
  const text = (name: string): string => (typeof fields[name] === "string" ? fields[name] : "");
  const instant = (name: string): number => (Number.isSafeInteger(fields[name]) ? Number(fields[name]) : 0);
  const life = { issuedAt: instant("issuedAt"), expiresAt: instant("expiresAt") };
  if (fields["kind"] === "aws" && text("accessKeyId") !== "" && text("secretAccessKey") !== "" && text("sessionToken") !== "") {
    return {
      kind: "aws",
      accessKeyId: text("accessKeyId"),
      secretAccessKey: new Secret("secret access key", text("secretAccessKey")),
      sessionToken: new Secret("session token", text("sessionToken")),
      ...life,
      assumedRoleArn: text("assumedRoleArn"),
      region: text("region"),
    };
  }
  if (fields["kind"] === "gcp" && text("accessToken") !== "") {
    const accessToken = new Secret("access token", text("accessToken"));
    return { kind: "gcp", accessToken, principal: text("principal"), project: text("project"), ...life };
  }
  if (fields["kind"] === "azure" && text("accessToken") !== "") {
    const accessToken = new Secret("access token", text("accessToken"));
    const [tenantId, clientId, scope] = [text("tenantId"), text("clientId"), text("scope")];
    return { kind: "azure", accessToken, tenantId, clientId, scope, subscriptionId: text("subscriptionId"), ...life };
  }
  if (fields["kind"] === "bearer" && text("token") !== "") {
    return { kind: "bearer", token: new Secret("token", text("token")), audience: text("audience"), ...life };
  }
  return null;
}
