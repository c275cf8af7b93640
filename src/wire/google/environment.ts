import type { GcpCredentials } from "../../core/credentials.ts";
import type { EnvironmentChange } from "../aws-config/environment.ts";

/**
 * Variables that would shadow the access token, or be mixed with it, each with the reason. What only says where files or
 * endpoints are (`CLOUDSDK_CONFIG`, `CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE`) is left alone.
 */
const SHADOWS: Readonly<Record<string, string>> = {
  GOOGLE_APPLICATION_CREDENTIALS: "every client library takes the file that it names",
  GOOGLE_CREDENTIALS: "Terraform prefers it to an access token's project and account",
  GOOGLE_CLOUD_KEYFILE_JSON: "a former name of GOOGLE_CREDENTIALS in Terraform",
  GCLOUD_KEYFILE_JSON: "a former name of GOOGLE_CREDENTIALS in Terraform",
  GOOGLE_IMPERSONATE_SERVICE_ACCOUNT: "Terraform would ask for another account's token",
  CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: "gcloud prefers the file to the variable",
  CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE: "gcloud takes the credentials in that file",
  CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT: "gcloud would ask for another account's token",
};

/** Every variable that Google Cloud credentials can set. */
export const GCP_VARIABLES = [
  "CLOUDSDK_AUTH_ACCESS_TOKEN",
  "GOOGLE_OAUTH_ACCESS_TOKEN",
  "CLOUDSDK_CORE_PROJECT",
  "GOOGLE_CLOUD_PROJECT",
] as const;

/**
 * The variables of gcloud, gsutil and Terraform for an access token. Google's client libraries read none from the environment:
 * these take `GOOGLE_APPLICATION_CREDENTIALS`, which names a file.
 *
 * @see gcloud topic configurations; Terraform's Google provider, "access_token"
 */
export function gcpEnvironment({ accessToken, project }: GcpCredentials): EnvironmentChange {
  const token = accessToken.reveal();
  const set: { [Name in (typeof GCP_VARIABLES)[number]]?: string } = {
    CLOUDSDK_AUTH_ACCESS_TOKEN: token,
    GOOGLE_OAUTH_ACCESS_TOKEN: token,
    ...projectVariables(project),
  };
  return { set, unset: Object.keys(SHADOWS) };
}

/**
 * The variables by which gcloud, Terraform and Google's libraries get access tokens, and fresh ones, by a credential file. They
 * would prefer an access token in the environment, so that is removed.
 *
 * @param file a credential file of an external account.
 */
export function suppliedGoogleEnvironment({ project }: GcpCredentials, file: string): EnvironmentChange {
  return {
    set: {
      GOOGLE_APPLICATION_CREDENTIALS: file,
      CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE: file,
      ...projectVariables(project),
    },
    unset: [...Object.keys(SHADOWS), "CLOUDSDK_AUTH_ACCESS_TOKEN", "GOOGLE_OAUTH_ACCESS_TOKEN"],
  };
}

function projectVariables(project: string) {
  return project === "" ? {} : { CLOUDSDK_CORE_PROJECT: project, GOOGLE_CLOUD_PROJECT: project };
}
