import type { AwsCredentials } from "../../core/credentials.ts";
import { formatUtc } from "../../core/time.ts";

/** What has to change in a process's environment for it to use some credentials and nothing else. */
export interface EnvironmentChange {
  readonly set: Readonly<Record<string, string>>;
  /** Names that are removed, because a tool could prefer them or mix them with what is set. */
  readonly unset: readonly string[];
}

/**
 * Variables that would shadow the credentials, or be mixed with them, each with the reason.
 *
 * What only says where files or endpoints are (`AWS_CONFIG_FILE`, `AWS_CA_BUNDLE`, `AWS_ENDPOINT_URL`) is left alone.
 */
export const SHADOWING_VARIABLES: Readonly<Record<string, string>> = {
  AWS_PROFILE: "the SDK for JavaScript ignores keys of the environment as soon as it is set",
  AWS_DEFAULT_PROFILE: "the AWS CLI reads it where AWS_PROFILE is absent",
  AWS_SECURITY_TOKEN: "the former name of AWS_SESSION_TOKEN, which botocore still reads",
  AWS_ACCESS_KEY: "the former name of AWS_ACCESS_KEY_ID in the SDK for Java",
  AWS_SECRET_KEY: "the former name of AWS_SECRET_ACCESS_KEY in the SDK for Java",
  AWS_CREDENTIAL_SCOPE: "the SDK for JavaScript binds the keys of the environment to it",
  AWS_CREDENTIAL_FILE: "a file of keys that boto and its tools read",
  AWS_BEARER_TOKEN_BEDROCK: "every SDK prefers it to keys when it calls Bedrock",
  AWS_ROLE_ARN: "with a token file, every SDK would take that role",
  AWS_ROLE_SESSION_NAME: "belongs to AWS_ROLE_ARN",
  AWS_WEB_IDENTITY_TOKEN_FILE: "with a role, every SDK would take that role",
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "an SDK that refreshes by itself would go there",
  AWS_CONTAINER_CREDENTIALS_FULL_URI: "an SDK that refreshes by itself would go there",
  AWS_CONTAINER_AUTHORIZATION_TOKEN: "belongs to the container's endpoint",
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "belongs to the container's endpoint",
};

/** Every variable that AWS credentials can set. */
export const AWS_VARIABLES = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_CREDENTIAL_EXPIRATION",
  "AWS_REGION",
  "AWS_DEFAULT_REGION",
  "AWS_ACCOUNT_ID",
] as const;

/**
 * The variables of AWS SDKs and Tools for these credentials. A region that the profile does not have is left as it is.
 *
 * @see AWS SDKs and Tools Reference Guide, "Environment variables list"
 */
export function awsEnvironment(credentials: AwsCredentials): EnvironmentChange {
  const accountId = accountOfArn(credentials.assumedRoleArn);
  const set: { [Name in (typeof AWS_VARIABLES)[number]]?: string } = {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey.reveal(),
    AWS_SESSION_TOKEN: credentials.sessionToken.reveal(),
    AWS_CREDENTIAL_EXPIRATION: formatUtc(credentials.expiresAt),
  };
  if (credentials.region !== "") {
    set["AWS_REGION"] = credentials.region;
    set["AWS_DEFAULT_REGION"] = credentials.region;
  }
  // botocore and the SDK for JavaScript take the account of the keys from here: a stale one would go to another
  // account's endpoints, so that it is either right or absent.
  if (accountId !== null) set["AWS_ACCOUNT_ID"] = accountId;
  return { set, unset: [...Object.keys(SHADOWING_VARIABLES), ...(accountId === null ? ["AWS_ACCOUNT_ID"] : [])] };
}

/** The account of an ARN that names one, else null. */
export function accountOfArn(arn: string): string | null {
  const account = arn.split(":")[4] ?? "";
  return /^\d{12}$/.test(account) ? account : null;
}
