import { parseAwsConfig } from "./parse.ts";
import { profileOfSection } from "./profile.ts";

/** A profile of the AWS tools that is a role, assumed by another profile's credentials. */
export interface RoleProfile {
  readonly name: string;
  readonly roleArn: string;
  /** The profile that it goes on from; its own name where the tool has keys of that name. */
  readonly source: string;
  readonly region: string | null;
  readonly durationSeconds: number | null;
  readonly externalId: string | null;
  readonly sessionName: string | null;
  /** Its other keys that shape what it gets. */
  readonly others: readonly string[];
}

/** A profile that is a role, assumed by something other than a profile. */
export interface OtherRole {
  readonly name: string;
  /** The key that says what assumes it. */
  readonly by: string;
}

/** The keys that say what assumes the role, if it is not a profile. */
const OTHER_SOURCES: readonly string[] = ["credential_source", "web_identity_token_file"];

/** Keys of AWS's tools and of aws-vault that shape a session, and that {@link RoleProfile} has not. */
const SHAPING: readonly string[] = [
  ...["mfa_serial", "mfa_process", "include_profile", "parent_profile"],
  ...["session_tags", "transitive_session_tags", "source_identity"],
];

/**
 * The profiles of an AWS config that are roles.
 *
 * @throws {Fault} `AWS_CONFIG_MALFORMED`
 * @see AWS SDKs and Tools Reference Guide, "Assume role credential provider"
 */
export function roleProfiles(text: string, file: string): { readonly roles: RoleProfile[]; readonly others: OtherRole[] } {
  const roles: RoleProfile[] = [];
  const others: OtherRole[] = [];
  for (const section of parseAwsConfig(text, file).sections) {
    const settings = new Map(section.keys.map(({ name, value }) => [name, value]));
    const [name, roleArn] = [profileOfSection(section), settings.get("role_arn")];
    if (name === null || roleArn === undefined) continue;
    const by = OTHER_SOURCES.find((key) => settings.has(key));
    if (by !== undefined) others.push({ name, by });
    else {
      const duration = Number(settings.get("duration_seconds"));
      roles.push({
        name,
        roleArn,
        source: settings.get("source_profile") ?? name,
        region: settings.get("region") ?? null,
        durationSeconds: Number.isInteger(duration) ? duration : null,
        externalId: settings.get("external_id") ?? null,
        sessionName: settings.get("role_session_name") ?? null,
        others: SHAPING.filter((key) => settings.has(key)),
      });
    }
  }
  return { roles, others };
}
