import { parseAwsConfig } from "../aws-config/parse.ts";
import { profileOfSection } from "../aws-config/profile.ts";

/** An AWS profile that asks aws-cli-oidc for credentials. */
export interface AskingProfile {
  readonly name: string;
  readonly provider: string;
  readonly roleArn: string | null;
  readonly durationSeconds: number | null;
}

/**
 * The profiles of an AWS config whose `credential_process` is `aws-cli-oidc get-cred`.
 *
 * @throws {Fault} `AWS_CONFIG_MALFORMED`
 */
export function askingProfiles(text: string, file: string): readonly AskingProfile[] {
  return parseAwsConfig(text, file).sections.flatMap((section) => {
    const name = profileOfSection(section);
    const command = section.keys.find((key) => key.name === "credential_process")?.value ?? "";
    if (name === null || !/(^|[\\/"'\s])aws-cli-oidc(\.exe)?["']?\s+get-cred\b/.test(command)) return [];
    const flag = (short: string, long: string): string | null =>
      new RegExp(`\\s(?:-${short}|--${long})[\\s=]+["']?([^\\s"']+)`).exec(command)?.[1] ?? null;
    const provider = flag("p", "provider");
    const duration = Number(flag("d", "max-duration"));
    if (provider === null) return [];
    return [
      { name, provider, roleArn: flag("r", "role"), durationSeconds: duration >= 900 && duration <= 43_200 ? duration : null },
    ];
  });
}
