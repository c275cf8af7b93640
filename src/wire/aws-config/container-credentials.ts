import type { AwsCredentials } from "../../core/credentials.ts";
import type { Fault } from "../../core/fault.ts";
import { formatUtc } from "../../core/time.ts";
import { accountOfArn, awsEnvironment, type EnvironmentChange } from "./environment.ts";

/**
 * What AWS SDKs read from a container's endpoint: one JSON object, with the status 200.
 *
 * @see AWS SDKs and Tools Reference Guide, "Container credential provider"
 */
export function encodeContainerCredentials(credentials: AwsCredentials): string {
  const accountId = accountOfArn(credentials.assumedRoleArn);
  return JSON.stringify({
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey.reveal(),
    Token: credentials.sessionToken.reveal(),
    Expiration: formatUtc(credentials.expiresAt),
    ...(accountId === null ? {} : { AccountId: accountId }),
  });
}

/**
 * What SDKs read there when there are no credentials. The SDK for JavaScript reads the capitalised names, those for Go and Rust
 * the others.
 */
export function encodeContainerFault({ code, message, hints }: Fault): string {
  const text = [message, ...hints].join("; ");
  return JSON.stringify({ code, message: text, Code: code, Message: text });
}

/**
 * The variables by which AWS SDKs and Tools fetch credentials from an endpoint, and fresh ones before these end. All of them
 * prefer keys in the environment, so those are removed.
 *
 * @param authorization what they send as `Authorization`; one line.
 */
export function containerEnvironment(credentials: AwsCredentials, url: string, authorization: string): EnvironmentChange {
  const { set, unset } = awsEnvironment(credentials);
  const rest = Object.entries(set).filter(([name]) => !KEYS.includes(name));
  return {
    set: {
      ...Object.fromEntries(rest),
      AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization,
    },
    unset: [...unset, ...KEYS],
  };
}

const KEYS: readonly string[] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION"];
