import { type AwsConfig, type ConfigKey, parseAwsConfig } from "./parse.ts";
import { type AwsConfigForm, profileOfSection } from "./profile.ts";

/** Keys of a profile that SDKs get credentials by, before they look at `credential_process`. */
export const BEFORE_PROCESS: readonly string[] = [
  ...["role_arn", "source_profile", "credential_source", "web_identity_token_file"],
  ...["sso_session", "sso_start_url", "login_session", "aws_access_key_id", "aws_secret_access_key"],
];

/**
 * What gives the profile `default` credentials of its own: every SDK takes these before it asks a container's endpoint.
 * The SDK for Go reads `[ default ]` as `[default]`, others do not: what one of them reads counts.
 *
 * @throws {Fault} `AWS_CONFIG_MALFORMED`
 */
export function ownCredentialsOfDefault(text: string, path: string, form: AwsConfigForm): ConfigKey | null {
  const config: AwsConfig = parseAwsConfig(text, path);
  const keys = config.sections
    .filter((section) => profileOfSection({ ...section, header: section.header.trim() }, form) === "default")
    .flatMap((section) => section.keys);
  return keys.find(({ name }) => BEFORE_PROCESS.includes(name) || name === "credential_process") ?? null;
}
