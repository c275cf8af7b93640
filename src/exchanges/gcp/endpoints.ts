import { endpointOf } from "../../platform/endpoint-variable.ts";
import type { Environment } from "../../platform/paths.ts";
import type { GcpOptions } from "./options.ts";

/** Where Google is called: base URLs, each ending in a slash. */
export interface GcpEndpoints {
  readonly sts: string;
  readonly iamCredentials: string;
}

/** The one for IAM Credentials is gcloud's own; gcloud has none for STS, so that name follows its rule. */
const OVERRIDES = {
  sts: "CLOUDSDK_API_ENDPOINT_OVERRIDES_STS",
  iamCredentials: "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS",
} as const;

/**
 * The profile's own endpoints, completed from the environment. They shape the credentials, so the cache key holds them.
 */
export function endpointShape(
  raw: Readonly<Record<string, unknown>>,
  environment: Environment,
): Readonly<Record<string, unknown>> {
  return {
    stsUrl: raw["stsUrl"] ?? (environment[OVERRIDES.sts] || null),
    iamCredentialsUrl: raw["iamCredentialsUrl"] ?? (environment[OVERRIDES.iamCredentials] || null),
  };
}

/** @throws {Fault} `URL_INVALID` for a variable that is not a URL. */
export function gcpEndpoints(options: Pick<GcpOptions, "stsUrl" | "iamCredentialsUrl">, environment: Environment): GcpEndpoints {
  const choose = (own: string | null, variable: string, usual: string): string =>
    own === null ? endpointOf(environment, variable, usual) : own.replace(/\/?$/, "/");
  return {
    sts: choose(options.stsUrl, OVERRIDES.sts, "https://sts.googleapis.com/"),
    iamCredentials: choose(options.iamCredentialsUrl, OVERRIDES.iamCredentials, "https://iamcredentials.googleapis.com/"),
  };
}
